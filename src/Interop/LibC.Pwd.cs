using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <pwd.h>
internal static unsafe partial class LibC
{
    /// <summary>struct passwd on 64-bit glibc and musl.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct passwd
    {
        internal byte* pw_name;
        internal byte* pw_passwd;
        internal uint pw_uid;
        internal uint pw_gid;
        internal byte* pw_gecos;
        internal byte* pw_dir;
        internal byte* pw_shell;
    }

    // Returns the error number; errno is not set.
    [LibraryImport(Name)]
    internal static partial int getpwuid_r(uint uid, passwd* pwd, byte* buf, nuint buflen, passwd** result);

    // Returns the error number; errno is not set.
    [LibraryImport(Name)]
    internal static partial int getpwnam_r(byte* name, passwd* pwd, byte* buf, nuint buflen, passwd** result);
}
