using System.Globalization;

namespace LinuxNamespaces;

/// <summary>One thing that keeps a namespace alive.</summary>
public sealed class NamespaceHolder : MachineRecord
{
    internal NamespaceHolder()
    {
    }

    /// <summary>The kind of the namespace that is kept.</summary>
    public NamespaceType Type { get; internal init; }

    /// <summary>Its inode.</summary>
    public ulong Inode { get; internal init; }

    /// <summary>By what it is kept: one of the sources.</summary>
    public NamespaceSource Source { get; internal init; }

    /// <summary>The process; null for a mount.</summary>
    public int? Id { get; internal init; }

    /// <summary>The thread of it that is in the namespace while the process is in another.</summary>
    public int? ThreadId { get; internal init; }

    /// <summary>The number of the descriptor that is open on the namespace, or of the socket that was made in it.</summary>
    public int? Descriptor { get; internal init; }

    /// <summary>Where the namespace is bind-mounted.</summary>
    public string? MountPoint { get; internal init; }

    /// <summary>The inode of the mount namespace that the mount point is in.</summary>
    public ulong? MountNamespace { get; internal init; }

    /// <summary>
    /// The inodes of all mount namespaces that have it at this mount point, as where a mount was propagated to them; the first is
    /// <see cref="MountNamespace"/>.
    /// </summary>
    public ValueList<ulong> MountNamespaces { get; internal init; } = new([]);

    /// <summary>The user of the process.</summary>
    public string? UserName { get; internal init; }

    /// <summary>The command line of the process; control characters are escaped.</summary>
    public string? CommandLine { get; internal init; }

    /// <summary>The container the process is in, as <c>runtime:name</c>, or <c>runtime:id</c> where its name is not known.</summary>
    public string? Container { get; internal init; }

    /// <summary>The command line of the process, or the mount point and its mount namespace.</summary>
    public string? Detail => MountPoint is null ? CommandLine
        : string.Create(CultureInfo.InvariantCulture, $"{MountPoint} in mnt:[{MountNamespace}]{(MountNamespaces.Count > 1 ? $" and {MountNamespaces.Count - 1} more" : string.Empty)}");

    /// <summary>In words, for example <c>descriptor 7 of process 4711 (sleep 60)</c>.</summary>
    public override string ToString()
    {
        string process = string.Create(CultureInfo.InvariantCulture, $"process {Id} ({CommandLine})");
        return Source switch
        {
            NamespaceSource.Thread => string.Create(CultureInfo.InvariantCulture, $"thread {ThreadId} of {process}"),
            NamespaceSource.Descriptor => string.Create(CultureInfo.InvariantCulture, $"descriptor {Descriptor} of {process}"),
            NamespaceSource.Socket => string.Create(CultureInfo.InvariantCulture, $"socket {Descriptor} of {process}"),
            NamespaceSource.Child => $"the next child of {process}",
            NamespaceSource.Mount => $"mount {Detail}",
            NamespaceSource.Relation => "a namespace below it",
            _ => process,
        };
    }
}
