using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>How mounts pass between a new mount namespace and the one it was copied from. See mount_namespaces(7).</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum MountPropagation : long
{
    /// <summary>Neither way.</summary>
    Private,

    /// <summary>Both ways.</summary>
    Shared,

    /// <summary>Only into the new one.</summary>
    Slave,

    /// <summary>As it was copied.</summary>
    Unchanged,
}
