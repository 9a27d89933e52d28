using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel;

/// <summary>The device number all namespace files share: nsfs is one file system for the whole kernel.</summary>
internal static class NsfsDevice
{
    internal static ulong Value { get; } = Read();

    private static ulong Read()
    {
        if (!FileStatus.TryGet(LibC.AT_FDCWD, "/proc/self/ns/mnt\0"u8, out FileStatus status))
        {
            LinuxException.ThrowLast("stat", "/proc/self/ns/mnt");
        }

        return status.Device;
    }
}
