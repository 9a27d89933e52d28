using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Look;

/// <summary>Reads the id maps of user namespaces. The kernel shows them by a process alone.</summary>
internal static class IdMapReader
{
    private const string SetGroupsFile = "setgroups";

    /// <summary>The facts about a user namespace.</summary>
    /// <exception cref="NamespaceException">NamespaceHasNoProcess, ProcessNotFound.</exception>
    /// <exception cref="LinuxException">A map cannot be read.</exception>
    internal static NamespaceIdMap Read(LookTarget target)
    {
        UserMaps maps = ReadMaps(target);
        using NamespaceHandle? parent = target.Handle.OpenParent();
        return new NamespaceIdMap
        {
            Namespace = target.Name,
            NamespaceInode = target.Inode,
            NamespaceId = target.Handle.NamespaceId,
            ParentInode = parent?.Inode,
            OwnerUserId = target.Handle.OwnerUserId,
            ProcessId = maps.ProcessId,
            UidMap = ToRanges(maps.Users),
            GidMap = ToRanges(maps.Groups),
            SetGroups = maps.SetGroups,
        };
    }

    /// <summary>The maps alone.</summary>
    /// <exception cref="NamespaceException">NamespaceHasNoProcess, ProcessNotFound.</exception>
    /// <exception cref="LinuxException">A map cannot be read.</exception>
    internal static UserMaps ReadMaps(LookTarget target)
    {
        ProcessHandle process = target.FindProcess() ?? throw new NamespaceException(
            ErrorIds.NamespaceHasNoProcess,
            $"No process is in {target.Name} that may be seen, and the kernel shows id maps by a process alone.",
            $"Start one in it, and look again: New-NamespaceProcess -Join 'user:[{target.Inode}]' sleep 60");
        List<IdRange> users = IdRange.TryReadAll(process.Directory, IdRange.UserFile) ?? throw Unreadable(process, IdRange.UserFile);
        List<IdRange> groups = IdRange.TryReadAll(process.Directory, IdRange.GroupFile) ?? throw Unreadable(process, IdRange.GroupFile);

        // Linux 3.19.
        string? text = KernelFile.TryRead(process.Directory, SetGroupsFile);
        SetGroupsPolicy? policy = (text ?? (Errno.Last == LibC.ENOENT ? string.Empty : throw Unreadable(process, SetGroupsFile))) switch
        {
            "allow\n" => SetGroupsPolicy.Allow,
            "deny\n" => SetGroupsPolicy.Deny,
            _ => null,
        };

        // A process that joined another namespace meanwhile shows other maps.
        return process.View().ReadNamespaceInode(NamespaceLink.PathOf(NamespaceType.User)) == target.Inode
            ? new UserMaps(target.Name, target.Inode, target.IsOwn, process.ProcessId, users, groups, policy)
            : throw new NamespaceException(ErrorIds.ProcessNotFound, $"Process {process.ProcessId} has ended, or left {target.Name}, while its maps were read.", "Ask again.");
    }

    /// <summary>Ranges as the module shows them.</summary>
    internal static ValueList<NamespaceIdRange> ToRanges(IEnumerable<IdRange> ranges) => new(ranges.Select(range => new NamespaceIdRange
    {
        Inside = range.Inner,
        Outside = range.Outer == uint.MaxValue ? null : range.Outer,
        Count = range.Count,
    }));

    private static LinuxException Unreadable(ProcessHandle process, string file) => new(Errno.Last, "open", $"/proc/{process.ProcessId}/{file}");
}
