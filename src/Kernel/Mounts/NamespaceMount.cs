using System;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>One namespace file bound to a path.</summary>
internal sealed class NamespaceMount
{
    private readonly byte[] _path;

    private NamespaceMount(NamespaceType type, ulong inode, byte[] path)
    {
        Type = type;
        Inode = inode;
        _path = path;
    }

    internal NamespaceType Type { get; }

    internal ulong Inode { get; }

    /// <summary>The mount point as a path.</summary>
    internal string RawPath => Encoding.UTF8.GetString(_path.AsSpan(0, _path.Length - 1));

    /// <summary>The mount point for people and terminals; see <see cref="SafeText"/>.</summary>
    internal string DisplayPath => SafeText.FromUtf8(_path.AsSpan(0, _path.Length - 1));

    /// <summary>
    /// The name of a named net namespace: the entry of /run/netns it is mounted on. Null for other mounts.
    /// </summary>
    internal string? Name
    {
        get
        {
            ReadOnlySpan<byte> name = NetNamespacePath.NameOf(_path.AsSpan(0, _path.Length - 1));
            return Type == NamespaceType.Net && !name.IsEmpty ? SafeText.FromUtf8(name) : null;
        }
    }

    /// <summary>Whether this errno of opening one says that its path leads elsewhere: another mount covers it, or a folder on the way.</summary>
    internal static bool IsCovered(int errno) => errno is LibC.EINVAL or LibC.ESTALE or LibC.ENOENT or LibC.ENOTDIR;

    /// <summary>
    /// Opens the namespace; null with errno where the path leads elsewhere by now or another mount covers it.
    /// </summary>
    internal NamespaceHandle? Open() => Check(NamespaceHandle.TryOpenAny(LibC.AT_FDCWD, _path));

    /// <summary>Takes the topmost mount of its path away, lazily; 0 or an errno, ESTALE where the path leads elsewhere by now.</summary>
    internal unsafe int Unmount()
    {
        if (!FileStatus.TryGet(LibC.AT_FDCWD, _path, out FileStatus status))
        {
            return Errno.Last;
        }

        if (status.Device != NsfsDevice.Value || status.Inode != Inode)
        {
            return LibC.ESTALE;
        }

        fixed (byte* path = _path)
        {
            return LibC.umount2(path, LibC.UMOUNT_NOFOLLOW | LibC.MNT_DETACH) == 0 ? 0 : Errno.Last;
        }
    }

    /// <summary>Whether it is mounted on this path.</summary>
    internal bool IsAt(string path) => _path.AsSpan(0, _path.Length - 1).SequenceEqual(Encoding.UTF8.GetBytes(path));

    /// <summary>Removes the file it was mounted on, where that is empty; 0 or an errno.</summary>
    internal unsafe int RemoveFile()
    {
        if (!FileStatus.TryGet(LibC.AT_FDCWD, _path, out FileStatus status))
        {
            return Errno.Last;
        }

        if (!status.IsEmptyFile)
        {
            return LibC.ENOTEMPTY;
        }

        fixed (byte* path = _path)
        {
            return LibC.unlinkat(LibC.AT_FDCWD, path, 0) == 0 ? 0 : Errno.Last;
        }
    }

    /// <summary>The same in another mount namespace, by way of a thread.</summary>
    internal NamespaceHandle? OpenIn(NamespaceHandle mountNamespace, NamespaceThread thread) => Check(thread.OpenNamespace(mountNamespace, _path));

    /// <summary>The same below a directory that stands for the root (an O_PATH descriptor).</summary>
    internal NamespaceHandle? OpenBelow(int root)
    {
        // Relative, and without the links a mount point has none of: nothing outside of that root can be meant.
        ReadOnlySpan<byte> path = _path;
        return Check(path.Length > 2 ? NamespaceHandle.TryOpenAny(root, path[1..]) : null);
    }

    /// <summary>Creates one from the unescaped root and mount point of an nsfs mount; null where the root does not name a namespace.</summary>
    internal static NamespaceMount? Create(ReadOnlySpan<byte> root, ReadOnlySpan<byte> mountPoint) =>
        TryParseRoot(root, out NamespaceType type, out ulong inode) ? new NamespaceMount(type, inode, [.. mountPoint, 0]) : null;

    /// <summary>Creates one from a mount of type nsfs, whose root names the namespace; null where it does not.</summary>
    internal static NamespaceMount? Create(in MountInfo mount) =>
        TryParseRoot(mount.Root, out NamespaceType type, out ulong inode) ? new NamespaceMount(type, inode, MountInfo.Unescape(mount.MountPoint)) : null;

    private NamespaceHandle? Check(NamespaceHandle? handle)
    {
        if (handle is not null && handle.Inode != Inode)
        {
            handle.Dispose();
            Marshal.SetLastPInvokeError(LibC.ESTALE);
            return null;
        }

        return handle;
    }

    private static bool TryParseRoot(ReadOnlySpan<byte> root, out NamespaceType type, out ulong inode)
    {
        type = default;
        inode = NamespaceLink.ParseInode(root);
        int colon = root.IndexOf((byte)':');
        Span<char> name = stackalloc char[16];
        return inode != 0 && colon is > 0 and <= 16
            && NamespaceTypes.TryFromKernelName(name[..Encoding.ASCII.GetChars(root[..colon], name)], out type);
    }
}
