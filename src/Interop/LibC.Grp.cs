using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <grp.h>
internal static unsafe partial class LibC
{
    /// <summary>struct group on 64-bit glibc and musl.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct group
    {
        internal byte* gr_name;
        internal byte* gr_passwd;
        internal uint gr_gid;
        internal byte** gr_mem;
    }

    // Returns the error number; errno is not set.
    [LibraryImport(Name)]
    internal static partial int getgrnam_r(byte* name, group* grp, byte* buf, nuint buflen, group** result);
}
