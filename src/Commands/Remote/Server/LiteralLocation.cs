using System;
using System.IO;
using System.Management.Automation;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Commands.Remote.Server;

/// <summary>
/// Takes a runspace to a directory, and to no other. PowerShell looks a name with wildcards up as a pattern, even where they are escaped or the path is
/// said to be literal, and takes the first directory that it finds.
/// </summary>
internal static class LiteralLocation
{
    /// <summary>Goes there.</summary>
    /// <exception cref="NamespaceException">PowerShell would work in another directory.</exception>
    internal static void Set(PathIntrinsics path, string directory)
    {
        path.SetLocation(WildcardPattern.Escape(directory));
        string reached = path.CurrentLocation.ProviderPath;
        if (FileStatus.TryGet(directory, out FileStatus wanted) && FileStatus.TryGet(reached, out FileStatus there) && !wanted.IsOf(there))
        {
            throw new NamespaceException(
                ErrorIds.InvalidRequest, $"PowerShell takes the name '{directory}' for a pattern, and would work in '{reached}'.", "Name another directory with -WorkingDirectory.");
        }
    }

    /// <summary>Goes there, or to the root with a warning where the user inside may not enter it: native commands start in the location, so they would all fail.</summary>
    internal static void SetOrRoot(PathIntrinsics path, string directory, PSDataCollection<WarningRecord> warnings)
    {
        try
        {
            Environment.CurrentDirectory = directory;
        }
        catch (UnauthorizedAccessException)
        {
            warnings.Add(new WarningRecord($"The user inside may not enter '{directory}', the directory of the session. The script block works in '/'."));
            directory = "/";
        }
        catch (IOException)
        {
            // SetLocation says what is wrong with it.
        }

        Set(path, directory);
    }
}
