using System;
using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>With what other mounts a mount exchanges what is mounted below it. See mount_namespaces(7).</summary>
[Flags]
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NamespaceMountPropagation : long
{
    /// <summary>With none.</summary>
    Private = 0,

    /// <summary>With those of its peer group, both ways.</summary>
    Shared = 1,

    /// <summary>It receives from another group.</summary>
    Slave = 2,

    /// <summary>With none, and it cannot be bind-mounted.</summary>
    Unbindable = 4,
}
