using System;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>The identity of a namespace file, read without opening it.</summary>
internal readonly unsafe struct NamespaceIdentity
{
    // FILEID_NSFS and struct nsfs_file_handle { u64 ns_id; u32 ns_type; u32 ns_inum } of Linux 6.18.
    private const int NsfsHandleType = 0xf1;
    private const int NsfsHandleSize = 16;

    // The most any file system's handle takes.
    private const int MaxHandleSize = 128;

    /// <summary>Creates the identity of an open namespace.</summary>
    internal NamespaceIdentity(NamespaceType type, NamespaceHandle handle)
        : this(type, handle.Inode, handle.NamespaceId)
    {
    }

    private NamespaceIdentity(NamespaceType type, ulong inode, ulong? namespaceId)
    {
        Type = type;
        Inode = inode;
        NamespaceId = namespaceId;
    }

    internal NamespaceType Type { get; }

    internal ulong Inode { get; }

    /// <summary>Null before Linux 6.18.</summary>
    internal ulong? NamespaceId { get; }

    /// <summary>
    /// Whether what was seen as one namespace is what is there now. An inode is given to the next namespace as soon as it is free; of two with one
    /// inode the kernel's own id decides, where both are known.
    /// </summary>
    internal static bool IsSame(NamespaceInfo seen, ulong inode, ulong? namespaceId) =>
        seen.Inode == inode && (seen.NamespaceId is null || namespaceId is null || seen.NamespaceId == namespaceId);

    /// <summary>The same of a namespace that is open.</summary>
    internal static bool IsSame(NamespaceInfo seen, NamespaceHandle now) => IsSame(seen, now.Inode, now.NamespaceId);

    /// <summary>
    /// Reads the identity of a file in an open directory, links followed; the name ends in NUL. False with errno where it is not a
    /// namespace (EINVAL) or cannot be looked at.
    /// </summary>
    internal static bool TryGet(int directory, ReadOnlySpan<byte> name, out NamespaceIdentity identity) =>
        TryReadHandle(directory, name, out identity) || TryOpen(directory, name, out identity);

    // One call that opens nothing and says everything (Linux 6.18).
    private static bool TryReadHandle(int directory, ReadOnlySpan<byte> name, out NamespaceIdentity identity)
    {
        identity = default;
        byte* buffer = stackalloc byte[sizeof(LibC.file_handle) + MaxHandleSize];
        LibC.file_handle* handle = (LibC.file_handle*)buffer;
        handle->handle_bytes = MaxHandleSize;
        int mount;
        fixed (byte* path = name)
        {
            if (LibC.name_to_handle_at(directory, path, handle, &mount, LibC.AT_SYMLINK_FOLLOW) != 0
                || handle->handle_type != NsfsHandleType || handle->handle_bytes < NsfsHandleSize)
            {
                return false;
            }
        }

        ReadOnlySpan<byte> body = new(buffer + sizeof(LibC.file_handle), NsfsHandleSize);
        if (!NamespaceTypes.TryFromCloneFlag(MemoryMarshal.Read<int>(body[8..]), out NamespaceType type))
        {
            return false;
        }

        identity = new NamespaceIdentity(type, MemoryMarshal.Read<uint>(body[12..]), MemoryMarshal.Read<ulong>(body));
        return true;
    }

    private static bool TryOpen(int directory, ReadOnlySpan<byte> name, out NamespaceIdentity identity)
    {
        identity = default;

        // Looked at before it is opened: opening a device or a FIFO may have effects of its own.
        if (!FileStatus.TryGet(directory, name, out FileStatus status))
        {
            return false;
        }

        if (status.Device != NsfsDevice.Value)
        {
            Marshal.SetLastPInvokeError(LibC.EINVAL);
            return false;
        }

        using NamespaceHandle? handle = NamespaceHandle.TryOpen(directory, name);
        if (handle is null || !handle.TryGetType(out NamespaceType type))
        {
            return false;
        }

        identity = new NamespaceIdentity(type, handle);
        return true;
    }
}
