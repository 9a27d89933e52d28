namespace LinuxNamespaces;

/// <summary>Whether two targets share a namespace of one type.</summary>
public sealed class NamespaceComparison
{
    internal NamespaceComparison()
    {
    }

    /// <summary>The kind of namespace.</summary>
    public NamespaceType Type { get; internal init; }

    /// <summary>Whether both are in the same.</summary>
    public bool IsEqual { get; internal init; }

    /// <summary>As Compare-Object writes it: <c>==</c> or <c>&lt;&gt;</c>.</summary>
    public string SideIndicator => IsEqual ? "==" : "<>";

    /// <summary>The process that the others were compared with.</summary>
    public string Reference { get; internal init; } = string.Empty;

    /// <summary>The inode of its namespace.</summary>
    public ulong ReferenceInode { get; internal init; }

    /// <summary>The inode of the user namespace that owns it; null where that is out of sight.</summary>
    public ulong? ReferenceOwnerInode { get; internal init; }

    /// <summary>The process that was compared with the reference.</summary>
    public string Difference { get; internal init; } = string.Empty;

    /// <summary>The inode of its namespace.</summary>
    public ulong DifferenceInode { get; internal init; }

    /// <summary>The inode of the user namespace that owns it; null where that is out of sight.</summary>
    public ulong? DifferenceOwnerInode { get; internal init; }

    /// <summary>The name of the user that made the owner of the difference's namespace.</summary>
    public string? DifferenceOwnerName { get; internal init; }

    /// <summary>For example <c>net ==</c>.</summary>
    public override string ToString() => $"{Type} {SideIndicator}";
}
