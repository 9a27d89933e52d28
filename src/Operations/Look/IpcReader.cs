using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Look;

/// <summary>Reads the objects of ipc namespaces. No program runs inside.</summary>
internal sealed class IpcReader : IDisposable
{
    // perm.mode of linux/shm.h: it ends with the last that has it attached.
    private const long ShmDest = 0x200;

    // The prefix that glibc gives the name of a semaphore.
    private const string SemaphorePrefix = "sem.";

    private readonly UserDatabase _users = new();
    private NamespaceThread? _thread;

    /// <summary>Why the message queues of POSIX of the namespace read last are missing; null where they are not.</summary>
    internal LinuxException? QueuesRefused { get; private set; }

    /// <summary>The objects of a namespace of these kinds, by kind and number or name.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal List<NamespaceIpc> Read(LookTarget target, IReadOnlyCollection<NamespaceIpcKind> kinds)
    {
        QueuesRefused = null;
        List<NamespaceIpc> found = [];
        if (kinds.Contains(NamespaceIpcKind.MessageQueue))
        {
            found.AddRange(ReadTable(target, "msg"u8).Select(row => ToQueue(target, row)));
        }

        if (kinds.Contains(NamespaceIpcKind.SharedMemory))
        {
            found.AddRange(ReadTable(target, "shm"u8).Select(row => ToMemory(target, row)));
        }

        if (kinds.Contains(NamespaceIpcKind.Semaphore))
        {
            found.AddRange(ReadTable(target, "sem"u8).Select(row => ToSemaphores(target, row)));
        }

        if (kinds.Contains(NamespaceIpcKind.PosixMessageQueue))
        {
            found.AddRange(ReadPosixQueues(target));
        }

        if (kinds.Contains(NamespaceIpcKind.PosixSharedMemory) || kinds.Contains(NamespaceIpcKind.PosixSemaphore))
        {
            found.AddRange(ReadPosixMemory(target).Where(each => kinds.Contains(each.Kind)));
        }

        return found;
    }

    public void Dispose() => _thread?.Dispose();

    // The kernel shows the namespace of whoever opens the file. A kernel without System V has no file.
    private List<Dictionary<string, long>> ReadTable(LookTarget target, ReadOnlySpan<byte> name)
    {
        using Descriptor file = target.IsOwn
            ? Descriptor.OpenAt(LibC.AT_FDCWD, [.. "/proc/sysvipc/"u8, .. name, 0], LibC.O_RDONLY)
            : NamespaceView.OpenProcFile(Thread(), target.Handle, NamespaceType.Ipc, [.. "sysvipc/"u8, .. name, 0]);
        if (!file.IsOpen)
        {
            int errno = Errno.Last;
            return errno == LibC.ENOENT ? [] : throw new LinuxException(errno, "open", "/proc/sysvipc");
        }

        List<Dictionary<string, long>> rows = SysvIpcTable.Parse(file.ReadAll());
        string id = System.Text.Encoding.ASCII.GetString(name) + "id";
        return [.. rows.OrderBy(row => row.GetValueOrDefault(id))];
    }

    private List<NamespaceIpc> ReadPosixQueues(LookTarget target)
    {
        try
        {
            using Descriptor mount = NamespaceView.MountQueues(Thread(), target.Handle);
            if (!mount.IsOpen)
            {
                throw new LinuxException(Errno.Last, "fsmount", "mqueue");
            }

            return [.. (MessageQueues.TryRead(mount.Number, ".\0"u8) ?? throw new LinuxException(Errno.Last, "open", "mqueue"))
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .Select(file => ToPosixQueue(target, file.Name, file.Status, file.Beginning, file.Queue))];
        }
        catch (LinuxException exception)
        {
            QueuesRefused = exception;
            return [];
        }
    }

    // Files of whatever lies at /dev/shm for the first process inside: they belong to its mount namespace.
    private List<NamespaceIpc> ReadPosixMemory(LookTarget target)
    {
        ProcessHandle? process = target.FindProcess();
        ReadOnlySpan<byte> path = target.IsOwn ? "/dev/shm\0"u8 : "root/dev/shm\0"u8;
        if (process is null && !target.IsOwn)
        {
            return [];
        }

        return [.. (MessageQueues.TryRead(target.IsOwn ? LibC.AT_FDCWD : process!.Directory, path) ?? [])
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => ToPosixMemory(target, file.Name, file.Status, file.Beginning))];
    }

    private NamespaceIpc ToQueue(LookTarget target, Dictionary<string, long> row) => new()
    {
        Namespace = target.Name,
        NamespaceInode = target.Inode,
        NamespaceId = target.Handle.NamespaceId,
        Kind = NamespaceIpcKind.MessageQueue,
        Id = (int)row.GetValueOrDefault("msqid"),
        Key = (int)row.GetValueOrDefault("key"),
        OwnerUserId = (uint)row.GetValueOrDefault("uid"),
        OwnerUserName = _users.NameOf((uint)row.GetValueOrDefault("uid")),
        OwnerGroupId = (uint)row.GetValueOrDefault("gid"),
        CreatorUserId = (uint)row.GetValueOrDefault("cuid"),
        CreatorGroupId = (uint)row.GetValueOrDefault("cgid"),
        Permissions = ToOctal(FromOctalDigits(row.GetValueOrDefault("perms"))),
        Size = row.GetValueOrDefault("cbytes"),
        MessageCount = row.GetValueOrDefault("qnum"),
        LastProcessId = ToProcess(row.GetValueOrDefault("lspid")),
        LastReceiverProcessId = ToProcess(row.GetValueOrDefault("lrpid")),
        ChangeTime = ToTime(row.GetValueOrDefault("ctime")),
        UseTime = ToTime(row.GetValueOrDefault("stime")),
        ReleaseTime = ToTime(row.GetValueOrDefault("rtime")),
    };

    private NamespaceIpc ToMemory(LookTarget target, Dictionary<string, long> row) => new()
    {
        Namespace = target.Name,
        NamespaceInode = target.Inode,
        NamespaceId = target.Handle.NamespaceId,
        Kind = NamespaceIpcKind.SharedMemory,
        Id = (int)row.GetValueOrDefault("shmid"),
        Key = (int)row.GetValueOrDefault("key"),
        OwnerUserId = (uint)row.GetValueOrDefault("uid"),
        OwnerUserName = _users.NameOf((uint)row.GetValueOrDefault("uid")),
        OwnerGroupId = (uint)row.GetValueOrDefault("gid"),
        CreatorUserId = (uint)row.GetValueOrDefault("cuid"),
        CreatorGroupId = (uint)row.GetValueOrDefault("cgid"),
        Permissions = ToOctal(FromOctalDigits(row.GetValueOrDefault("perms"))),
        IsRemoved = (FromOctalDigits(row.GetValueOrDefault("perms")) & ShmDest) != 0,
        Size = row.GetValueOrDefault("size"),
        AttachCount = row.GetValueOrDefault("nattch"),
        CreatorProcessId = ToProcess(row.GetValueOrDefault("cpid")),
        LastProcessId = ToProcess(row.GetValueOrDefault("lpid")),
        ChangeTime = ToTime(row.GetValueOrDefault("ctime")),
        UseTime = ToTime(row.GetValueOrDefault("atime")),
        ReleaseTime = ToTime(row.GetValueOrDefault("dtime")),
    };

    private NamespaceIpc ToSemaphores(LookTarget target, Dictionary<string, long> row) => new()
    {
        Namespace = target.Name,
        NamespaceInode = target.Inode,
        NamespaceId = target.Handle.NamespaceId,
        Kind = NamespaceIpcKind.Semaphore,
        Id = (int)row.GetValueOrDefault("semid"),
        Key = (int)row.GetValueOrDefault("key"),
        OwnerUserId = (uint)row.GetValueOrDefault("uid"),
        OwnerUserName = _users.NameOf((uint)row.GetValueOrDefault("uid")),
        OwnerGroupId = (uint)row.GetValueOrDefault("gid"),
        CreatorUserId = (uint)row.GetValueOrDefault("cuid"),
        CreatorGroupId = (uint)row.GetValueOrDefault("cgid"),
        Permissions = ToOctal(FromOctalDigits(row.GetValueOrDefault("perms"))),
        SemaphoreCount = row.GetValueOrDefault("nsems"),
        ChangeTime = ToTime(row.GetValueOrDefault("ctime")),
        UseTime = ToTime(row.GetValueOrDefault("otime")),
    };

    private NamespaceIpc ToPosixQueue(LookTarget target, string name, FileStatus status, byte[] text, LibC.mq_attr? attributes) => new()
    {
        Namespace = target.Name,
        NamespaceInode = target.Inode,
        NamespaceId = target.Handle.NamespaceId,
        Kind = NamespaceIpcKind.PosixMessageQueue,
        Name = "/" + name,
        OwnerUserId = status.UserId,
        OwnerUserName = _users.NameOf(status.UserId),
        OwnerGroupId = status.GroupId,
        Permissions = ToOctal(status.Permissions),
        Size = NumberText.FindBehind(text, "QSIZE:"u8),
        MessageCount = attributes?.mq_curmsgs,
        MaxMessageCount = attributes?.mq_maxmsg,
        MaxMessageSize = attributes?.mq_msgsize,
        ChangeTime = ToTime(status.ModifiedSeconds),
    };

    private NamespaceIpc ToPosixMemory(LookTarget target, string name, FileStatus status, byte[] beginning)
    {
        bool isSemaphore = name.StartsWith(SemaphorePrefix, StringComparison.Ordinal);
        return new NamespaceIpc
        {
            Namespace = target.Name,
            NamespaceInode = target.Inode,
            NamespaceId = target.Handle.NamespaceId,
            Kind = isSemaphore ? NamespaceIpcKind.PosixSemaphore : NamespaceIpcKind.PosixSharedMemory,
            Name = "/" + (isSemaphore ? name[SemaphorePrefix.Length..] : name),
            OwnerUserId = status.UserId,
            OwnerUserName = _users.NameOf(status.UserId),
            OwnerGroupId = status.GroupId,
            Permissions = ToOctal(status.Permissions),
            Size = (long)status.Size,

            // The value of glibc's struct new_sem: the lower half of its first word.
            Value = isSemaphore && beginning.Length >= sizeof(uint) ? MemoryMarshal.Read<uint>(beginning) : null,
            ChangeTime = ToTime(status.ModifiedSeconds),
        };
    }

    private NamespaceThread Thread() => _thread ??= new NamespaceThread();

    // The file has octal digits, which were read as decimal ones.
    private static long FromOctalDigits(long digits)
    {
        long value = 0;
        for (int shift = 0; digits > 0; digits /= 10, shift += 3)
        {
            value |= (digits % 10) << shift;
        }

        return value;
    }

    private static string ToOctal(long mode) => "0" + Convert.ToString(mode & 0x1ff, 8).PadLeft(3, '0');

    private static int? ToProcess(long id) => id == 0 ? null : (int)id;

    private static DateTime? ToTime(long seconds) => seconds == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(seconds).LocalDateTime;
}
