using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Start.Files;

/// <summary>The words for an entry that could not be made.</summary>
internal static class FileRefusal
{
    /// <summary>The meaning of a refused mount.</summary>
    internal static NamespaceException? Of(FileEntry entry, LinuxException failure) => new(
        ErrorIds.MountRefused,
        $"'{SafeText.Escape(entry.Target)}' could not be made: {entry.Describe()}.",
        failure.NativeErrorCode switch
        {
            LibC.ENOENT when failure.Syscall == "openat2" => "The mount point does not exist. It is made only in a tmpfs or a throw-away overlay: add one with -Tmpfs or -Overlay, or make it yourself.",
            LibC.ENOENT => "Name a file or directory that exists in this session, or mark it as optional.",
            LibC.ENOTDIR => "A file can be mounted on a file only, and a directory on a directory.",
            LibC.ENOSPC or LibC.EDQUOT => "The file system is full, or the limit on mounts (fs.mount-max) is reached.",
            LibC.ELOOP or LibC.EXDEV => "The path leads through a link that is not followed here.",
            LibC.EEXIST => "Something of that name is there already.",
            LibC.EPERM when entry.Kind == FileEntryKind.Proc => "A new /proc may be mounted only with -Type Pid in the same user namespace, and, in a user namespace, only while an uncovered /proc is in sight.",
            LibC.EPERM or LibC.EACCES => "Mounting needs CAP_SYS_ADMIN in the user namespace that owns the mount namespace: add -Type User, or run as root.",
            LibC.ENOSYS => "This needs Linux 5.6 or newer.",
            LibC.EINVAL when entry.Kind == FileEntryKind.Overlay => "The kernel does not take these directories for an overlay. Upper and Work must lie on one file system; in a user namespace, nothing may be mounted below the lower one.",
            LibC.EINVAL when entry.IsAlone => "In a user namespace a directory can be bound only with what is mounted below it.",
            LibC.EINVAL when failure.Syscall == "move_mount" => "A file can be mounted on a file only, and a directory on a directory.",
            LibC.EINVAL => "The source is not in this session's mount namespace, or may not be bound.",
            LibC.ENODEV => "This kernel does not have that file system.",
            LibC.EMFILE => "Too many files are open; raise the limit (ulimit -n).",
            _ => null,
        },
        failure);
}
