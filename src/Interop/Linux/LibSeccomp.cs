using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

/// <summary>libseccomp's functions, see seccomp_init(3). The library is loaded when the first is called; it may not be there.</summary>
internal static unsafe partial class LibSeccomp
{
    internal const uint SCMP_ACT_KILL_PROCESS = 0x80000000;
    internal const uint SCMP_ACT_KILL_THREAD = 0;
    internal const uint SCMP_ACT_TRAP = 0x00030000;
    internal const uint SCMP_ACT_ERRNO = 0x00050000;
    internal const uint SCMP_ACT_TRACE = 0x7ff00000;
    internal const uint SCMP_ACT_LOG = 0x7ffc0000;
    internal const uint SCMP_ACT_ALLOW = 0x7fff0000;

    internal const int SCMP_CMP_NE = 1;
    internal const int SCMP_CMP_LT = 2;
    internal const int SCMP_CMP_LE = 3;
    internal const int SCMP_CMP_EQ = 4;
    internal const int SCMP_CMP_GE = 5;
    internal const int SCMP_CMP_GT = 6;
    internal const int SCMP_CMP_MASKED_EQ = 7;

    /// <summary>No system call of that name.</summary>
    internal const int __NR_SCMP_ERROR = -1;

    private const string Name = "libseccomp.so.2";

    [StructLayout(LayoutKind.Sequential)]
    internal struct scmp_arg_cmp
    {
        internal uint arg;
        internal int op;
        internal ulong datum_a;
        internal ulong datum_b;
    }

    [LibraryImport(Name)]
    internal static partial nint seccomp_init(uint def_action);

    [LibraryImport(Name)]
    internal static partial void seccomp_release(nint ctx);

    [LibraryImport(Name)]
    internal static partial int seccomp_arch_add(nint ctx, uint arch_token);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint seccomp_arch_resolve_name(string arch_name);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int seccomp_syscall_resolve_name(string name);

    [LibraryImport(Name)]
    internal static partial int seccomp_rule_add_array(nint ctx, uint action, int syscall, uint arg_cnt, scmp_arg_cmp* arg_array);

    [LibraryImport(Name)]
    internal static partial int seccomp_export_bpf(nint ctx, int fd);
}
