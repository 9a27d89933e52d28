using System;
using System.Globalization;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>
/// The file a namespace is to be bound on, held open. Everything goes through the descriptor: should somebody put a link or another file
/// in its place meanwhile, nothing is bound where that leads, and nothing of theirs is taken away.
/// </summary>
internal sealed unsafe class BindFile : IDisposable
{
    private readonly string _path;
    private readonly DescriptorHandle _file;

    private BindFile(string path, Descriptor file, FileStatus status)
    {
        _path = path;
        _file = new DescriptorHandle(file);
        Status = status;
    }

    /// <summary>The status of the file when it was opened.</summary>
    private FileStatus Status { get; }

    /// <summary>Binds a namespace on a file. The one way to keep a namespace by a path that a user gives.</summary>
    /// <param name="source">The namespace.</param>
    /// <param name="path">The file. One that is there must be plain, and nothing may be mounted on it.</param>
    /// <param name="prepare">Called before a missing file is made; null where it is not to be made.</param>
    /// <param name="onFailure">Takes over what takes file and mount away again, should something fail later.</param>
    /// <param name="refuse">The error for a problem and its errno; null to go on in spite of it.</param>
    internal static void Pin(NamespaceHandle source, string path, Action? prepare, Action<Action> onFailure, Func<PinProblem, int, Exception?> refuse)
    {
        using BindFile file = TryOpen(path, LibC.O_PATH) ?? TryCreate(path, prepare, onFailure) ?? throw refuse(PinProblem.Unreachable, Errno.Last)!;
        if (file.FindProblem() is (PinProblem problem, int reason) && refuse(problem, reason) is Exception refusal)
        {
            throw refusal;
        }

        int errno = MountCall.Bind(source, string.Create(CultureInfo.InvariantCulture, $"/proc/thread-self/fd/{file._file.Number}"));
        if (errno != 0)
        {
            throw refuse(PinProblem.Refused, errno)!;
        }

        ulong inode = source.Inode;
        onFailure(() => file.Unbind(inode));
    }

    /// <summary>
    /// Whether a path has a file that was made to be bound on, with nothing on it: a process that is killed leaves that between two calls. Such files, and
    /// hardly any others, are empty and have no permissions at all.
    /// </summary>
    internal static bool IsLeftOver(string path) =>
        FileStatus.TryGetLink(Terminated(path), out FileStatus status)
        && status.IsEmptyFile && status.Permissions == 0 && !status.IsMountRoot && status.UserId == LibC.geteuid();

    /// <summary>Removes such a file; 0 or an errno.</summary>
    internal static int RemoveLeftOver(string path)
    {
        fixed (byte* name = Terminated(path))
        {
            return LibC.unlink(name) == 0 ? 0 : Errno.Last;
        }
    }

    // Null with errno, EEXIST where there is something already.
    private static BindFile? TryCreate(string path, Action? prepare, Action<Action> onFailure)
    {
        if (Errno.Last != LibC.ENOENT || prepare is null)
        {
            return null;
        }

        prepare();
        BindFile? file = TryOpen(path, LibC.O_RDONLY | LibC.O_CREAT | LibC.O_EXCL);
        if (file is not null)
        {
            onFailure(file.Delete);
        }

        return file;
    }

    private (PinProblem Problem, int Errno)? FindProblem() =>
        Status.IsDirectory ? (PinProblem.NotAFile, LibC.EISDIR)
        : Status.Device == NsfsDevice.Value ? (PinProblem.HasNamespace, LibC.EBUSY)
        : Status.IsMountRoot ? (PinProblem.HasMount, LibC.EBUSY)
        : !Status.IsFile ? (PinProblem.NotAFile, LibC.EINVAL)
        : null;

    // Takes the mount of a namespace away again, if it is what the path shows; by descriptor too.
    private void Unbind(ulong inode)
    {
        using Descriptor there = Descriptor.OpenAt(LibC.AT_FDCWD, Terminated(_path), LibC.O_PATH);
        if (there.IsOpen && FileStatus.TryGet(there.Number, out FileStatus status) && status.Device == NsfsDevice.Value && status.Inode == inode)
        {
            fixed (byte* mount = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/thread-self/fd/{there.Number}\0")))
            {
                _ = LibC.umount2(mount, LibC.MNT_DETACH);
            }
        }
    }

    // Removes the file again, if it is what the path shows and is empty.
    private void Delete()
    {
        using Descriptor there = Descriptor.OpenAt(LibC.AT_FDCWD, Terminated(_path), LibC.O_PATH);
        if (there.IsOpen && FileStatus.TryGet(there.Number, out FileStatus status)
            && status.IsEmptyFile && status.IsOf(Status))
        {
            fixed (byte* path = Terminated(_path))
            {
                _ = LibC.unlink(path);
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private static BindFile? TryOpen(string path, int flags)
    {
        Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, Terminated(path), flags);
        if (!file.IsOpen)
        {
            return null;
        }

        if (FileStatus.TryGet(file.Number, out FileStatus status))
        {
            return new BindFile(path, file, status);
        }

        int errno = Errno.Last;
        file.Dispose();
        throw new LinuxException(errno, "statx", SafeText.Escape(path));
    }

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');
}
