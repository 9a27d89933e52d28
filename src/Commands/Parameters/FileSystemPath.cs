using System.IO;
using System.Management.Automation;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>PowerShell's paths as the kernel's: of the file system alone, and without asking PowerShell where that can be spared, because it is slow.</summary>
internal static class FileSystemPath
{
    private const string Provider = "FileSystem";

    /// <summary>The path of what the user named, which need not exist.</summary>
    /// <exception cref="NamespaceException">NotAFileSystemPath.</exception>
    internal static string Resolve(SessionState session, string path)
    {
        // A path that begins with a slash is one of the file system, whatever the current location.
        if (path.StartsWith('/'))
        {
            return path;
        }

        if (path.Contains('\0'))
        {
            throw Foreign(path, null);
        }

        try
        {
            string resolved = session.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            return provider.Name == Provider ? Path.GetFullPath(resolved) : throw Foreign(path, null);
        }
        catch (SessionStateException exception)
        {
            throw Foreign(path, exception);
        }
    }

    /// <summary>Where the session is in the file system.</summary>
    internal static string Current(SessionState session)
    {
        // On the drive that is the whole file system, paths need no translation. Which is where sessions mostly are: asked first.
        PathInfo location = session.Path.CurrentLocation;
        if (location.Provider.Name != Provider)
        {
            location = session.Path.CurrentFileSystemLocation;
        }

        return location.Drive?.Name == "/" ? location.Path : location.ProviderPath;
    }

    private static NamespaceException Foreign(string path, SessionStateException? inner) =>
        new(ErrorIds.NotAFileSystemPath, $"'{SafeText.Escape(path)}' is not a path of the file system.", "Give the path of a file.", inner);
}
