using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

/// <summary>
/// Calls older than number 424, whose numbers differ between architectures, that cannot be made through their wrappers:
/// glibc's change the ids of every thread that shares the memory, or there is no wrapper. 0 on an architecture not known here.
/// </summary>
internal static class SystemCallNumber
{
    internal static readonly int setresuid = Of(x64: 117, arm64: 147);
    internal static readonly int setresgid = Of(x64: 119, arm64: 149);
    internal static readonly int setgroups = Of(x64: 116, arm64: 159);
    internal static readonly int pivot_root = Of(x64: 155, arm64: 41);
    internal static readonly int statx = Of(x64: 332, arm64: 291);
    internal static readonly int getcwd = Of(x64: 79, arm64: 17);
    internal static readonly int rt_sigtimedwait = Of(x64: 128, arm64: 137);
    internal static readonly int exit_group = Of(x64: 231, arm64: 94);
    internal static readonly int bpf = Of(x64: 321, arm64: 280);
    internal static readonly int mq_getsetattr = Of(x64: 245, arm64: 185);

    // For a thread in another mount namespace: one function, looked up before, makes them all.
    internal static readonly int mkdirat = Of(x64: 258, arm64: 34);
    internal static readonly int mknodat = Of(x64: 259, arm64: 33);
    internal static readonly int symlinkat = Of(x64: 266, arm64: 36);
    internal static readonly int openat = Of(x64: 257, arm64: 56);
    internal static readonly int write = Of(x64: 1, arm64: 64);
    internal static readonly int close = Of(x64: 3, arm64: 57);
    internal static readonly int fchdir = Of(x64: 81, arm64: 50);
    internal static readonly int chroot = Of(x64: 161, arm64: 51);
    internal static readonly int fchmodat = Of(x64: 268, arm64: 53);

    private static int Of(int x64, int arm64) => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => x64,
        Architecture.Arm64 => arm64,
        _ => 0,
    };
}
