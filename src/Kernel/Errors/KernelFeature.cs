using System;

namespace LinuxNamespaces.Kernel.Errors;

/// <summary>The features that only newer kernels have.</summary>
[Flags]
internal enum KernelFeature
{
    None = 0,

    /// <summary>ioctl NS_GET_ID (Linux 6.18).</summary>
    NamespaceId = 1,

    /// <summary>open_by_handle_at(2) on nsfs (Linux 6.18).</summary>
    NamespaceFileHandles = 2,

    /// <summary>ioctls NS_MNT_GET_NEXT and NS_MNT_GET_PREV (Linux 6.12).</summary>
    MountNamespaceWalk = 4,

    /// <summary>listmount(2) and statmount(2) of other mount namespaces (Linux 6.11).</summary>
    ListMount = 8,

    /// <summary>listns(2) (Linux 6.19).</summary>
    ListNamespaces = 16,

    /// <summary>ioctls PIDFD_GET_*_NAMESPACE (Linux 6.11).</summary>
    PidDescriptorNamespaces = 32,

    /// <summary>pidfd_open(2) (Linux 5.3), and so pidfds at all.</summary>
    PidDescriptors = 64,

    /// <summary>close_range(2) with CLOSE_RANGE_CLOEXEC (Linux 5.11).</summary>
    CloseRange = 128,

    /// <summary>BPF iterators over tasks (Linux 5.8).</summary>
    TaskIterators = 256,

    /// <summary>mount_setattr(2) (Linux 5.12).</summary>
    MountAttributes = 512,

    /// <summary>CLONE_PIDFD_AUTOKILL (Linux 7.1).</summary>
    HeldChild = 1024,

    /// <summary>open_tree(2) with OPEN_TREE_NAMESPACE (Linux 7.0).</summary>
    TreeNamespaces = 2048,

    /// <summary>fchroot(2) (Linux 7.3).</summary>
    RootByDescriptor = 4096,

    /// <summary>All the module can do without; it starts nothing without pidfds.</summary>
    All = CloseRange | NamespaceId | NamespaceFileHandles | MountNamespaceWalk | ListMount | ListNamespaces | PidDescriptorNamespaces | TaskIterators | MountAttributes
        | HeldChild | TreeNamespaces | RootByDescriptor,
}
