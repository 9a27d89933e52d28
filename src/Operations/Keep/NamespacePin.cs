using System;
using System.IO;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;

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
        string shown = SafeText.Escape(path);
        UndoStack undo = new();
        using BindFile file = BindFile.TryOpen(path) ?? Create(path, shown, create, undo);
        if (file.HasNamespace)
        {
            throw new NamespaceException(
                ErrorIds.PathInUse,
                $"A namespace is mounted on '{shown}' already.",
                $"Take another path, or let that one go: Dismount-Namespace '{shown}'",
                new LinuxException(LibC.EBUSY, "mount", shown));
        }

        if (!file.Status.IsFile)
        {
            throw new NamespaceException(ErrorIds.PathNotAFile, $"'{shown}' is not a plain file: a namespace can be mounted on nothing else.", "Give another path.");
        }

        try
        {
            Bind(source, type, file, path, shown);
        }
        catch
        {
            undo.Undo();
            throw;
        }
    }

    private static void Bind(NamespaceHandle source, NamespaceType type, BindFile file, string path, string shown)
    {
        int errno = file.Bind(source);
        if (errno == 0)
        {
            return;
        }

        LinuxException failure = new(errno, "mount", shown);
        if (errno != LibC.EINVAL || type != NamespaceType.Mnt)
        {
            throw failure;
        }

        string folder = Path.GetDirectoryName(path) ?? "/";
        throw MountParent.Find(File.ResolveLinkTarget(folder, true)?.FullName ?? folder) is { IsShared: true } parent
            ? new NamespaceException(
                ErrorIds.MountOnSharedParent,
                $"A mount namespace cannot be mounted on '{shown}': the mount '{parent.Path}' it lies on is shared, and would propagate the mount into that namespace itself.",
                $"Use a directory that is a private mount: mount --bind '{SafeText.Escape(folder)}' '{SafeText.Escape(folder)}'; mount --make-private '{SafeText.Escape(folder)}'",
                failure)
            : new NamespaceException(
                ErrorIds.MountLoop,
                "A mount namespace can be mounted only in one that is older than itself; in itself, never.",
                "Mount it from outside, in the namespace it was made from.",
                failure);
    }

    private static BindFile Create(string path, string shown, bool isWanted, UndoStack undo)
    {
        int errno = Errno.Last;
        if (errno != LibC.ENOENT || !isWanted)
        {
            LinuxException inner = new(errno, "open", shown);
            throw errno == LibC.ENOENT
                ? new NamespaceException(ErrorIds.PathNotFound, $"There is no file '{shown}' to mount on.", "Create it with -Create.", inner)
                : inner;
        }

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

        if (BindFile.TryCreate(path) is not BindFile file)
        {
            LinuxException failure = new(Errno.Last, "open", shown);
            undo.Undo();
            throw failure;
        }

        undo.Push(file.Delete);
        return file;
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
