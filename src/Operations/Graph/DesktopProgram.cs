using System.ComponentModel;
using System.Diagnostics;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Opens files with the programs the desktop has for them.</summary>
internal static class DesktopProgram
{
    private const string Opener = "xdg-open";

    /// <exception cref="NamespaceException">DesktopOpenFailed: there is no xdg-open.</exception>
    internal static void Open(string path)
    {
        ProcessStartInfo start = new(Opener);
        start.ArgumentList.Add(path);
        try
        {
            using Process? opener = Process.Start(start);
        }
        catch (Win32Exception exception)
        {
            throw new NamespaceException(
                ErrorIds.DesktopOpenFailed,
                $"{SafeText.Escape(path)} is written, but {Opener} could not open it: {SafeText.Escape(exception.Message)}",
                $"Install it (apt-get install xdg-utils), or open the file in a browser.",
                exception);
        }
    }
}
