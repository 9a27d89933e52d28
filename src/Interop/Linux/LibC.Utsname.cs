using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sys/utsname.h>
internal static unsafe partial class LibC
{
    [StructLayout(LayoutKind.Sequential)]
    internal struct utsname
    {
        internal fixed byte sysname[65];
        internal fixed byte nodename[65];
        internal fixed byte release[65];
        internal fixed byte version[65];
        internal fixed byte machine[65];
        internal fixed byte domainname[65];
    }

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int uname(utsname* buf);
}
