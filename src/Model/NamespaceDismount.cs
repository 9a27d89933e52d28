

namespace LinuxNamespaces;

/// <summary>A bind mount of a namespace that was taken away.</summary>
public sealed class NamespaceDismount
{
    internal NamespaceDismount()
    {
    }

    /// <summary>The kind of namespace.</summary>
    public NamespaceType Type { get; internal init; }

    /// <summary>Its inode.</summary>
    public ulong Inode { get; internal init; }

    /// <summary>Where it was mounted.</summary>
    public string MountPoint { get; internal init; } = string.Empty;

    /// <summary>Whether that was the last thing to keep it: the namespace is no more.</summary>
    public bool IsGone { get; internal init; }

    /// <summary>The reasons why the namespace still exists: one or several of <see cref="NamespaceSource"/>, by name.</summary>
    public TextList Source => Sources.ToTexts();

    /// <summary>The reasons why the namespace still exists.</summary>
    internal NamespaceSource Sources { get; init; }

    /// <summary>In a sentence.</summary>
    public override string ToString() => $"{Type}:[{Inode}] at {MountPoint}: {(IsGone ? "gone" : $"kept by {Source}")}";
}
