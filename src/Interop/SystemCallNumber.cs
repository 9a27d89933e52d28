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

    private static int Of(int x64, int arm64) => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => x64,
        Architecture.Arm64 => arm64,
        _ => 0,
    };
}
