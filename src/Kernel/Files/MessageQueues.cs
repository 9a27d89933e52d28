using System;
using System.Collections.Generic;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>The file system of message queues (mq_overview(7)), mounted nowhere: each ipc namespace has one.</summary>
internal static unsafe class MessageQueues
{
    /// <summary>Its name, as fsopen(2) takes it.</summary>
    internal static byte[] FileSystem => "mqueue\0"u8.ToArray();

    /// <summary>The attributes of such a mount.</summary>
    internal const uint MountAttributes = LibC.MOUNT_ATTR_RDONLY | LibC.MOUNT_ATTR_NOSUID | LibC.MOUNT_ATTR_NODEV | LibC.MOUNT_ATTR_NOEXEC;

    /// <summary>Makes a mount of a file system's context, which no path leads to; not open with errno where that is refused.</summary>
    internal static Descriptor Mount(Descriptor context)
    {
        if (LibC.syscall5(LibC.SYS_fsconfig, context.Number, LibC.FSCONFIG_CMD_CREATE, 0, 0, 0) != 0)
        {
            return Descriptor.None;
        }

        return Descriptor.FromResult(LibC.syscall(LibC.SYS_fsmount, context.Number, (nint)LibC.FSMOUNT_CLOEXEC, (nint)MountAttributes), "fsmount");
    }

    /// <summary>The files of a directory, with what they are and their first bytes; null with errno where it cannot be read.</summary>
    internal static List<(string Name, FileStatus Status, byte[] Beginning, LibC.mq_attr? Queue)>? TryRead(int directory, ReadOnlySpan<byte> path)
    {
        if (!DirectoryReader.TryOpen(directory, path, out DirectoryReader reader))
        {
            return null;
        }

        using Descriptor folder = Descriptor.OpenAt(directory, path, LibC.O_PATH);
        List<(string, FileStatus, byte[], LibC.mq_attr?)> files = [];
        Span<byte> buffer = stackalloc byte[256];
        using (reader)
        {
            while (folder.IsOpen && reader.TryRead(out ReadOnlySpan<byte> name))
            {
                if (!FileStatus.TryGetEntry(folder.Number, name, out FileStatus status) || !status.IsFile)
                {
                    continue;
                }

                using Descriptor file = Descriptor.OpenAt(folder.Number, name, LibC.O_RDONLY | LibC.O_NONBLOCK);
                int length = file.IsOpen ? Math.Max(0, file.Read(buffer)) : 0;
                files.Add((SafeText.FromUtf8(name[..^1]), status, buffer[..length].ToArray(), file.IsOpen ? AttributesOf(file) : null));
            }
        }

        return files;
    }

    private static LibC.mq_attr? AttributesOf(Descriptor file)
    {
        LibC.mq_attr attributes;
        return SystemCallNumber.mq_getsetattr != 0 && LibC.syscall(SystemCallNumber.mq_getsetattr, file.Number, 0, (nint)(&attributes)) == 0 ? attributes : null;
    }
}
