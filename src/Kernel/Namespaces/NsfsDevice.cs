using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>The device number all namespace files share: nsfs is one file system for the whole kernel.</summary>
internal static class NsfsDevice
{
    private static ulong s_value;

    /// <summary>The number, for comparing with <see cref="FileStatus.Device"/>.</summary>
    /// <exception cref="LinuxException">There is no /proc to learn it from; asked again next time.</exception>
    internal static ulong Value
    {
        get
        {
            if (s_value == 0)
            {
                if (!FileStatus.TryGet(LibC.AT_FDCWD, "/proc/self/ns/mnt\0"u8, out FileStatus status))
                {
                    LinuxException.ThrowLast("stat", "/proc/self/ns/mnt");
                }

                s_value = status.Device;
            }

            return s_value;
        }
    }
}
