using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>
/// An open namespace: a descriptor of nsfs that keeps it alive, and the ioctls of ioctl_nsfs(2) (older pages:
/// ioctl_ns(2)). Ioctls a kernel lacks, and relatives out of sight, give null.
/// </summary>
internal sealed unsafe class NamespaceHandle : SafeHandle
{
    // FILEID_NSFS of linux/exportfs.h, which is not a header for programs.
    private const int NsfsHandleType = 0xf1;

    // The descriptors of all handles.
    private static readonly HashSet<int> s_open = [];

    /// <summary>
    /// To be held from before a descriptor is opened until it has been adopted, so that <see cref="IsHandle"/> never sees
    /// one in between.
    /// </summary>
    internal static object Gate => s_open;

    private NamespaceHandle(int descriptor, FileStatus status)
        : base(-1, ownsHandle: true)
    {
        SetHandle(descriptor);
        Inode = status.Inode;
        lock (Gate)
        {
            s_open.Add(descriptor);
        }
    }

    public override bool IsInvalid => handle < 0;

    internal ulong Inode { get; }

    /// <summary>The descriptor's number; valid while this object is referenced.</summary>
    internal int Descriptor => (int)handle;

    /// <summary>The uid that made a user namespace (NS_GET_OWNER_UID, Linux 4.11), as seen from ours.</summary>
    internal uint? OwnerUserId
    {
        get
        {
            uint userId;
            return LibC.ioctl(Descriptor, LibC.NS_GET_OWNER_UID, &userId) == 0 ? userId : null;
        }
    }

    /// <summary>The 64-bit id that is never used twice (NS_GET_ID, Linux 6.18).</summary>
    internal ulong? NamespaceId
    {
        get
        {
            ulong id;
            return !OlderKernel.Lacks(KernelFeature.NamespaceId) && LibC.ioctl(Descriptor, LibC.NS_GET_ID, &id) == 0 ? id : null;
        }
    }

    /// <summary>
    /// The type (NS_GET_NSTYPE, Linux 4.11); false where the kernel does not report it, or the type is newer than this module.
    /// </summary>
    internal bool TryGetType(out NamespaceType type) =>
        NamespaceTypes.TryFromCloneFlag(LibC.ioctl(Descriptor, LibC.NS_GET_NSTYPE, null), out type);

    /// <summary>
    /// Opens a namespace file (ends in NUL) relative to a directory; null with errno where that fails, EINVAL
    /// where the file is not one.
    /// </summary>
    internal static NamespaceHandle? TryOpen(int directory, ReadOnlySpan<byte> path)
    {
        lock (Gate)
        {
            return TryAdopt(Files.Descriptor.OpenAt(directory, path, LibC.O_RDONLY | LibC.O_NONBLOCK));
        }
    }

    /// <summary>
    /// The same for a path that may lead to anything: looked at before it is opened, because opening a device or a FIFO
    /// may have effects of its own.
    /// </summary>
    internal static NamespaceHandle? TryOpenAny(int directory, ReadOnlySpan<byte> path)
    {
        if (!FileStatus.TryGet(directory, path, out FileStatus status))
        {
            return null;
        }

        if (status.Device != NsfsDevice.Value)
        {
            Marshal.SetLastPInvokeError(LibC.EINVAL);
            return null;
        }

        return TryOpen(directory, path);
    }

    /// <summary>Takes over an open descriptor; null with errno, and closed, where it is not a namespace.</summary>
    internal static NamespaceHandle? TryAdopt(Descriptor descriptor)
    {
        if (!descriptor.IsOpen)
        {
            return null;
        }

        int errno = LibC.EINVAL;
        if (FileStatus.TryGet(descriptor.Number, out FileStatus status))
        {
            if (status.Device == NsfsDevice.Value)
            {
                return new NamespaceHandle(descriptor.Number, status);
            }
        }
        else
        {
            errno = Errno.Last;
        }

        descriptor.Dispose();
        Marshal.SetLastPInvokeError(errno);
        return null;
    }

    /// <summary>
    /// Opens a namespace by what is never used twice, wherever it is (nsfs file handles, Linux 6.18); null with
    /// errno: EPERM without CAP_DAC_READ_SEARCH, ESTALE where it is gone, or from Linux 6.19 on out of the caller's sight.
    /// </summary>
    internal static NamespaceHandle? TryOpenById(NamespaceType type, ulong inode, ulong namespaceId) =>
        TryOpenById(namespaceId, type.CloneFlag(), (uint)inode);

    /// <summary>The same by the id alone (Linux 6.19).</summary>
    internal static NamespaceHandle? TryOpenById(ulong namespaceId) => TryOpenById(namespaceId, 0, 0);

    /// <summary>
    /// The parent of a pid or user namespace (NS_GET_PARENT, Linux 4.9); null where it is the initial one or
    /// out of sight.
    /// </summary>
    internal NamespaceHandle? OpenParent() => OpenRelative(LibC.NS_GET_PARENT);

    /// <summary>
    /// The user namespace that owns this one (NS_GET_USERNS, Linux 4.9); for a user namespace its parent.
    /// Null where it is out of sight.
    /// </summary>
    internal NamespaceHandle? OpenOwner() => OpenRelative(LibC.NS_GET_USERNS);

    /// <summary>
    /// Whether a descriptor of this process is such a handle: what keeps a namespace alive only while somebody looks
    /// at it is not worth telling.
    /// </summary>
    internal static bool IsHandle(int descriptor)
    {
        lock (Gate)
        {
            return s_open.Contains(descriptor);
        }
    }

    protected override bool ReleaseHandle()
    {
        lock (Gate)
        {
            s_open.Remove((int)handle);
            return LibC.close((int)handle) == 0;
        }
    }

    private static NamespaceHandle? TryOpenById(ulong namespaceId, int type, uint inode)
    {
        if (OlderKernel.Lacks(KernelFeature.NamespaceFileHandles))
        {
            return null;
        }

        // struct nsfs_file_handle { u64 ns_id; u32 ns_type; u32 ns_inum }
        byte* buffer = stackalloc byte[sizeof(LibC.file_handle) + LibC.NSFS_FILE_HANDLE_SIZE_LATEST];
        LibC.file_handle* file = (LibC.file_handle*)buffer;
        file->handle_bytes = LibC.NSFS_FILE_HANDLE_SIZE_LATEST;
        file->handle_type = NsfsHandleType;
        Span<byte> body = new(buffer + sizeof(LibC.file_handle), LibC.NSFS_FILE_HANDLE_SIZE_LATEST);
        MemoryMarshal.Write(body, namespaceId);
        MemoryMarshal.Write(body[8..], type);
        MemoryMarshal.Write(body[12..], inode);
        lock (Gate)
        {
            return TryAdopt(Files.Descriptor.FromResult(LibC.open_by_handle_at(LibC.FD_NSFS_ROOT, file, LibC.O_RDONLY | LibC.O_CLOEXEC)));
        }
    }

    private NamespaceHandle? OpenRelative(uint request)
    {
        lock (Gate)
        {
            return TryAdopt(Files.Descriptor.FromResult(LibC.ioctl(Descriptor, request, null)));
        }
    }
}
