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
    internal FileStatus Status { get; }

    /// <summary>Whether a namespace is bound on it already.</summary>
    internal bool HasNamespace => Status.Device == NsfsDevice.Value;

    /// <summary>Opens what is there, links followed; null with errno. Nothing that is opened so runs, waits or is read.</summary>
    internal static BindFile? TryOpen(string path) => TryOpen(path, LibC.O_PATH);

    /// <summary>Makes the file; null with errno, EEXIST where there is something already.</summary>
    internal static BindFile? TryCreate(string path) => TryOpen(path, LibC.O_RDONLY | LibC.O_CREAT | LibC.O_EXCL);

    /// <summary>Binds a namespace on it; 0 or an errno.</summary>
    internal int Bind(NamespaceHandle source) =>
        MountCall.Bind(source, string.Create(CultureInfo.InvariantCulture, $"/proc/thread-self/fd/{_file.Number}"));

    /// <summary>Takes the mount of a namespace away again, if it is what the path shows; by descriptor too.</summary>
    internal void Unbind(ulong inode)
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

    /// <summary>Removes the file again, if it is what the path shows and is empty.</summary>
    internal void Delete()
    {
        using Descriptor there = Descriptor.OpenAt(LibC.AT_FDCWD, Terminated(_path), LibC.O_PATH);
        if (there.IsOpen && FileStatus.TryGet(there.Number, out FileStatus status)
            && status.IsEmptyFile && status.Device == Status.Device && status.Inode == Status.Inode)
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
