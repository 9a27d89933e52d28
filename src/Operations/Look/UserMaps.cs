using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Look;

/// <summary>The maps of one user namespace, as the session's own sees them.</summary>
/// <param name="Name">The name.</param>
/// <param name="Inode">Its inode.</param>
/// <param name="IsOwn">Whether it is the session's own: then outside is the one above it.</param>
/// <param name="ProcessId">The process by which they were read.</param>
/// <param name="Users">The ranges of uids.</param>
/// <param name="Groups">The ranges of gids.</param>
/// <param name="SetGroups">Whether setgroups(2) may be called inside; null where the kernel does not tell.</param>
internal sealed record UserMaps(string Name, ulong Inode, bool IsOwn, int ProcessId, IReadOnlyList<IdRange> Users, IReadOnlyList<IdRange> Groups, SetGroupsPolicy? SetGroups)
{
    // The kernel writes this number where an id has none in the namespace of the reader.
    private const uint None = uint.MaxValue;

    /// <summary>The id the session's own user namespace has for one inside; null for none.</summary>
    internal uint? ToSession(uint inside, bool isGroup)
    {
        IReadOnlyList<IdRange> ranges = isGroup ? Groups : Users;
        return IsOwn
            ? ranges.Any(range => range.HasInner(inside)) ? inside : null
            : IdRange.ToOuter(ranges.Where(range => range.Outer != None), inside);
    }

    /// <summary>The id inside for one of the session's own user namespace; null for none.</summary>
    internal uint? FromSession(uint id, bool isGroup)
    {
        IReadOnlyList<IdRange> ranges = isGroup ? Groups : Users;
        return IsOwn
            ? ranges.Any(range => range.HasInner(id)) ? id : null
            : IdRange.ToInner(ranges.Where(range => range.Outer != None), id);
    }
}
