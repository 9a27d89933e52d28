using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <sys/xattr.h>
internal static unsafe partial class LibC
{
    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint getxattr(byte* path, byte* name, void* value, nuint size);
}
