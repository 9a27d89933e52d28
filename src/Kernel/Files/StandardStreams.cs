using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>Descriptors 0 to 2 of this process.</summary>
internal static class StandardStreams
{
    /// <summary>Whether none of them is missing, so that a new descriptor never gets one of their numbers.</summary>
    internal static bool AreOpen => IsOpen(0) && IsOpen(1) && IsOpen(2);

    private static bool IsOpen(int number) => LibC.fcntl(number, LibC.F_GETFD, 0) >= 0;
}
