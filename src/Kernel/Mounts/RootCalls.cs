using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>Newer ways to another root directory. Looked for once; tests set what the kernel of the day does not have.</summary>
internal static unsafe class RootCalls
{
    private const uint NoFlag = 1U << 30;

    private static bool? s_makeNamespaces;
    private static bool? s_takeDescriptors;

    /// <summary>Whether open_tree(2) makes a mount namespace of a directory, without a copy of all other mounts (Linux 7.0).</summary>
    internal static bool MakeNamespaces
    {
        get => !OlderKernel.Lacks(KernelFeature.TreeNamespaces) && (s_makeNamespaces ??= Probe());
        set => s_makeNamespaces = value;
    }

    /// <summary>Whether the kernel has fchroot(2) (Linux 7.3), which finds that -1 names nothing open.</summary>
    internal static bool TakeDescriptors
    {
        get => !OlderKernel.Lacks(KernelFeature.RootByDescriptor) && (s_takeDescriptors ??= LibC.syscall(LibC.SYS_fchroot, -1, 0, 0) != 0 && Errno.Last == LibC.EBADF);
        set => s_takeDescriptors = value;
    }

    // A kernel that knows no flag says EINVAL, before it looks at anything else. A filter of system calls would not: it says the same for any flag.
    private static bool Probe() => Try(NoFlag) == LibC.EINVAL && Try(LibC.OPEN_TREE_NAMESPACE) is LibC.EBADF or LibC.EPERM;

    private static int Try(uint flag)
    {
        fixed (byte* nothing = "\0"u8)
        {
            return LibC.syscall(LibC.SYS_open_tree, -1, (nint)nothing, (nint)(flag | LibC.O_CLOEXEC | LibC.AT_EMPTY_PATH)) < 0 ? Errno.Last : 0;
        }
    }
}
