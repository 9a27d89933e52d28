namespace LinuxNamespaces;

/// <summary>How mounts pass between a new mount namespace and the one it was copied from. See mount_namespaces(7).</summary>
public enum MountPropagation
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
