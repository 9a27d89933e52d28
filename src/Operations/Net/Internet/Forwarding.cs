using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Net.Internet;

/// <summary>Whether packets of IPv4 that come in by an interface are passed on, in the net namespace of the calling thread.</summary>
internal static class Forwarding
{
    private const string All = "all";

    /// <summary>Whether the whole machine forwards, by somebody else's wish: the module never sets that.</summary>
    internal static bool IsOnForAll => IsOn(All);

    internal static bool IsOn(string interfaceName) => KernelFile.TryRead(PathOf(interfaceName))?.TrimEnd() == "1";

    /// <summary>Switches it; nothing where the interface has gone.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static unsafe void Set(string interfaceName, bool isOn)
    {
        string path = PathOf(interfaceName);
        using Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), LibC.O_WRONLY);
        if (!file.IsOpen)
        {
            if (Errno.Last != LibC.ENOENT)
            {
                LinuxException.ThrowLast("open", path);
            }

            return;
        }

        byte value = isOn ? (byte)'1' : (byte)'0';
        if (LibC.write(file.Number, &value, 1) < 0)
        {
            LinuxException.ThrowLast("write", path);
        }
    }

    private static string PathOf(string interfaceName) => $"/proc/sys/net/ipv4/conf/{interfaceName}/forwarding";
}
