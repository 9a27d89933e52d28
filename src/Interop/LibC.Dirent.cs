using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <dirent.h>
internal static unsafe partial class LibC
{
    /// <summary>struct dirent on 64-bit glibc and musl.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct dirent
    {
        internal ulong d_ino;
        internal long d_off;
        internal ushort d_reclen;
        internal byte d_type;
        internal fixed byte d_name[256];
    }

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint fdopendir(int fd);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial dirent* readdir(nint dirp);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int closedir(nint dirp);
}
