using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>
/// /run/netns, laid out as ip-netns(8) has it: one plain file per name with the namespace bound on it, in a
/// directory that is a shared mount of its own, so that names come and go in other mount namespaces too.
/// </summary>
internal static unsafe class NetNamespaceDirectory
{
    internal const string Location = NetNamespacePath.Directory;

    private const int LockRetryMilliseconds = 5;

    internal static string PathOf(string name) => $"{Location}/{name}";

    /// <summary>Makes the directory where it is not there, and makes it a shared mount.</summary>
    /// <exception cref="NamespaceException">NetNamespaceDenied.</exception>
    /// <exception cref="LinuxException">Something else is in the way.</exception>
    internal static void Prepare(CancellationToken cancellation)
    {
        fixed (byte* path = NetNamespacePath.DirectoryName)
        {
            if (LibC.mkdirat(LibC.AT_FDCWD, path, 0x1ed) != 0 && Errno.Last != LibC.EEXIST)
            {
                throw Denied(Errno.Last, "mkdir", Location);
            }
        }

        using Descriptor directory = Open();
        if (!directory.IsOpen)
        {
            throw Denied(Errno.Last, "open", Location);
        }

        // Two that do this at once, or with ip, would mount it on itself twice and every name with it.
        Lock(directory, cancellation);
        int errno = MountCall.MakeShared(Location);
        if (errno == LibC.EINVAL)
        {
            // Private first, or the copy would stay in one group with the mount it was taken from.
            errno = MountCall.BindOntoItself(Location);
            errno = errno == 0 ? MountCall.MakePrivate(Location) : errno;
            errno = errno == 0 ? MountCall.MakeShared(Location) : errno;
        }

        if (errno != 0)
        {
            throw Denied(errno, "mount", Location);
        }
    }

    /// <summary>Opens the directory; closed with errno where there is none.</summary>
    internal static Descriptor Open() => Descriptor.OpenAt(LibC.AT_FDCWD, NetNamespacePath.DirectoryName, LibC.O_RDONLY);

    /// <summary>Whether there is a file of this name, whatever it is.</summary>
    internal static bool Has(string name) => name.Length > 0 && name is not ("." or "..") && !name.Contains('/')
        && FileStatus.TryGet(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(PathOf(name) + '\0'), out _);

    /// <summary>All names in order, whether or not a namespace is behind them; none where there is no directory.</summary>
    /// <exception cref="LinuxException">The directory cannot be read.</exception>
    internal static List<string> ReadNames()
    {
        List<string> names = [];
        if (!DirectoryReader.TryOpen(LibC.AT_FDCWD, NetNamespacePath.DirectoryName, out DirectoryReader reader))
        {
            return Errno.Last == LibC.ENOENT ? names : throw new LinuxException(Errno.Last, "open", Location);
        }

        using (reader)
        {
            while (reader.TryRead(out ReadOnlySpan<byte> name))
            {
                if (!name.SequenceEqual(".\0"u8) && !name.SequenceEqual("..\0"u8))
                {
                    names.Add(Encoding.UTF8.GetString(name[..^1]));
                }
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Makes the file a namespace is to be bound on; 0 or an errno.</summary>
    internal static int CreateFile(string name)
    {
        fixed (byte* path = Encoding.UTF8.GetBytes(PathOf(name) + '\0'))
        {
            // Mode 000, as ip makes it: only what is bound over it is of use to anybody.
            using Descriptor file = Descriptor.FromResult(
                LibC.open(path, LibC.O_RDONLY | LibC.O_CREAT | LibC.O_EXCL | LibC.O_CLOEXEC, 0));
            return file.IsOpen ? 0 : Errno.Last;
        }
    }

    /// <summary>Removes the file of a name; 0 or an errno.</summary>
    internal static int DeleteFile(string name)
    {
        fixed (byte* path = Encoding.UTF8.GetBytes(PathOf(name) + '\0'))
        {
            return LibC.unlinkat(LibC.AT_FDCWD, path, 0) == 0 ? 0 : Errno.Last;
        }
    }

    /// <summary>A refusal in terms of what the user may do about it.</summary>
    internal static Exception Denied(int errno, string syscall, string path)
    {
        LinuxException inner = new(errno, syscall, path);
        return errno is LibC.EPERM or LibC.EACCES or LibC.EROFS
            ? new NamespaceException(
                ErrorIds.NetNamespaceDenied,
                "Named net namespaces may not be changed here.",
                (LinuxUser.IsRoot ? "Work in" : "Run as root, or work in") + " namespaces of your own with a /run of their own: New-NamespaceProcess -Type Net -MapRootUser -Tmpfs /run -Wait -- pwsh",
                inner)
            : inner;
    }

    // Not waited for in the kernel, so that Ctrl+C works.
    private static void Lock(Descriptor directory, CancellationToken cancellation)
    {
        while (LibC.flock(directory.Number, LibC.LOCK_EX | LibC.LOCK_NB) != 0)
        {
            if (Errno.Last is not (LibC.EAGAIN or LibC.EINTR))
            {
                LinuxException.ThrowLast("flock", Location);
            }

            cancellation.WaitHandle.WaitOne(LockRetryMilliseconds);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
