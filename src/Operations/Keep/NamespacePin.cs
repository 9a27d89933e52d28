using System;
using System.IO;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Keep;

/// <summary>Keeps namespaces alive by bind mounts.</summary>
internal static class NamespacePin
{
    /// <summary>
    /// The file to bind on: the path itself, or below it a file named after the type where it is a directory or has
    /// to be one for several.
    /// </summary>
    internal static string TargetOf(string path, NamespaceType type, bool isDirectory) =>
        isDirectory || Directory.Exists(path) ? Path.Combine(path, type.KernelName()) : path;

    /// <summary>Binds an open namespace on a file; what was made for it is taken away again where that fails.</summary>
    /// <exception cref="NamespaceException">PathNotFound, PathInUse, PathNotAFile, MountOnSharedParent, MountLoop.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static void Mount(NamespaceHandle source, NamespaceType type, string path, bool create)
    {
        UndoStack undo = new();
        try
        {
            BindFile.Pin(source, path, create ? () => MakeFolders(path, undo) : null, undo.Push, (problem, errno) => Explain(problem, errno, type, path, create));
        }
        catch
        {
            undo.Undo();
            throw;
        }
    }

    // A plain file that is a mount itself may be hidden: it comes back when the namespace is dismounted.
    private static Exception? Explain(PinProblem problem, int errno, NamespaceType type, string path, bool create)
    {
        string shown = SafeText.Escape(path);
        LinuxException failure = new(errno, problem == PinProblem.Unreachable ? "open" : "mount", shown);
        return problem switch
        {
            PinProblem.HasMount => null,
            PinProblem.HasNamespace => new NamespaceException(
                ErrorIds.PathInUse, $"A namespace is mounted on '{shown}' already.", $"Take another path, or let that one go: Dismount-Namespace '{shown}'", failure),
            PinProblem.NotAFile => new NamespaceException(ErrorIds.PathNotAFile, $"'{shown}' is not a plain file: a namespace can be mounted on nothing else.", "Give another path."),
            PinProblem.Unreachable when errno == LibC.ENOENT && !create => new NamespaceException(ErrorIds.PathNotFound, $"There is no file '{shown}' to mount on.", "Create it with -Create.", failure),
            PinProblem.Refused when errno == LibC.EINVAL && type == NamespaceType.Mnt => ExplainMountNamespace(path, shown, failure),
            PinProblem.Refused when errno == LibC.EPERM && !LinuxUser.IsRoot => new NamespaceException(
                ErrorIds.PrivilegeRequired, $"The namespace could not be mounted on '{shown}'.", "It needs CAP_SYS_ADMIN in the user namespace that owns this session's mount namespace: run as root.", failure),
            _ => failure,
        };
    }

    private static NamespaceException ExplainMountNamespace(string path, string shown, LinuxException failure)
    {
        string folder = Path.GetDirectoryName(path) ?? "/";
        return MountParent.Find(File.ResolveLinkTarget(folder, true)?.FullName ?? folder) is { IsShared: true } parent
            ? new NamespaceException(
                ErrorIds.MountOnSharedParent,
                $"A mount namespace cannot be mounted on '{shown}': the mount '{parent.Path}' it lies on is shared, and would propagate the mount into that namespace itself.",
                $"Use a directory that is a private mount: mount --bind '{SafeText.Escape(folder)}' '{SafeText.Escape(folder)}'; mount --make-private '{SafeText.Escape(folder)}'",
                failure)
            : new NamespaceException(
                ErrorIds.MountLoop,
                "A mount namespace can be mounted only in one that is older than itself; in itself, never.",
                "Mount it from outside, in the namespace it was made from. If that is this one, make it again: Linux 6.18 takes the age from ids that each processor gives out by itself.",
                failure);
    }

    private static void MakeFolders(string path, UndoStack undo)
    {
        string? missing = null;
        for (string? folder = Path.GetDirectoryName(path); folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
        {
            missing = folder;
            string made = folder;
            undo.Push(() => Remove(() => Directory.Delete(made)));
        }

        if (missing is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    private static void Remove(Action remove)
    {
        try
        {
            remove();
        }
        catch (IOException)
        {
            // Somebody uses it by now.
            return;
        }
    }
}
