using System.Globalization;

namespace LinuxNamespaces;

/// <summary>One id of a user or a group as two user namespaces see it.</summary>
public sealed class NamespaceIdTranslation
{
    internal NamespaceIdTranslation()
    {
    }

    /// <summary>Whether it is the id of a group.</summary>
    public bool IsGroup { get; internal init; }

    /// <summary>The id that was given, of the user namespace <see cref="From"/>.</summary>
    public uint SourceId { get; internal init; }

    /// <summary>The user namespace the given id is of.</summary>
    public string From { get; internal init; } = string.Empty;

    /// <summary>The inode of that.</summary>
    public ulong FromInode { get; internal init; }

    /// <summary>The same id in the user namespace <see cref="To"/>.</summary>
    public uint Id { get; internal init; }

    /// <summary>The user namespace the found id is of.</summary>
    public string To { get; internal init; } = string.Empty;

    /// <summary>The inode of that.</summary>
    public ulong ToInode { get; internal init; }

    /// <summary>The user or group that has the found id on this system; null where it has no name, and where <see cref="To"/> is not the session's user namespace.</summary>
    public string? Name { get; internal init; }

    /// <summary>The found id.</summary>
    public override string ToString() => Id.ToString(CultureInfo.InvariantCulture);
}
