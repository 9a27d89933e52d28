using System;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>
/// /proc/PID, held open: everything read through it is of one process, because the descriptor never passes to
/// a later process with the same number (reads fail with ESRCH instead).
/// </summary>
internal readonly unsafe ref struct ProcessDirectory : IDisposable
{
    /// <summary>Longest part of a command line that is read; a process may have megabytes.</summary>
    internal const int MaxCommandLine = 4096;

    private readonly Descriptor _directory;

    internal ProcessDirectory(Descriptor directory, int processId)
    {
        _directory = directory;
        ProcessId = processId;
    }

    internal int ProcessId { get; }

    internal int Descriptor => _directory.Number;

    internal bool IsOpen => _directory.IsOpen;

    /// <summary>Opens /proc/PID; false with errno ENOENT or ESRCH where it has gone.</summary>
    internal static bool TryOpen(ProcFileSystem proc, int processId, out ProcessDirectory process)
    {
        Span<byte> name = stackalloc byte[16];
        _ = Utf8Formatter.TryFormat(processId, name, out int length);
        name[length] = 0;
        Descriptor directory = Files.Descriptor.OpenAt(proc.Descriptor, name, LibC.O_PATH);
        process = new ProcessDirectory(directory, processId);
        return directory.IsOpen;
    }

    /// <summary>Opens /proc/PID by its whole path, where nothing else of /proc is needed; false with errno.</summary>
    internal static bool TryOpen(int processId, out ProcessDirectory process)
    {
        Span<byte> path = stackalloc byte[24];
        "/proc/"u8.CopyTo(path);
        _ = Utf8Formatter.TryFormat(processId, path[6..], out int length);
        path[6 + length] = 0;
        Descriptor directory = Files.Descriptor.OpenAt(LibC.AT_FDCWD, path, LibC.O_PATH);
        process = new ProcessDirectory(directory, processId);
        return directory.IsOpen;
    }

    /// <summary>Opens the directory of the calling thread, which may be in other namespaces than its process.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    internal static ProcessDirectory OpenOwnThread()
    {
        Descriptor directory = Files.Descriptor.OpenAt(LibC.AT_FDCWD, "/proc/thread-self\0"u8, LibC.O_PATH);
        if (!directory.IsOpen)
        {
            int errno = Errno.Last;
            ProcFileSystem.Open().Dispose();
            throw new LinuxException(errno, "open", "/proc/thread-self");
        }

        return new ProcessDirectory(directory, 0);
    }

    /// <summary>
    /// The inode in ns/NAME without opening it; 0 with errno where there is none: ENOENT for a type this kernel
    /// lacks or a zombie no longer has, EACCES where the process may not be looked at (see ptrace(2)).
    /// </summary>
    /// <remarks>Where the main thread has ended, the namespaces are those of a thread that lives.</remarks>
    internal ulong ReadNamespaceInode(ReadOnlySpan<byte> link)
    {
        ulong inode = ReadInode(link);
        if (inode == 0 && Errno.Last == LibC.ENOENT)
        {
            if (TryOpenLivingThread(out ProcessDirectory thread, out _))
            {
                using (thread)
                {
                    return thread.ReadInode(link);
                }
            }

            Marshal.SetLastPInvokeError(LibC.ENOENT);
        }

        return inode;
    }

    /// <summary>
    /// Opens the directory of a thread that lives, where the main thread has ended before the others. /proc/PID of such a process has
    /// lost its namespaces, files, root and mounts; /proc/PID/task/TID has them. False where the main thread lives, and where no thread does.
    /// </summary>
    internal bool TryOpenLivingThread(out ProcessDirectory thread, out int threadId)
    {
        thread = new ProcessDirectory(Files.Descriptor.None, ProcessId);
        threadId = 0;
        if (!TryReadStat(out ProcessStat stat) || !stat.HasEnded || !DirectoryReader.TryOpen(Descriptor, "task\0"u8, out DirectoryReader tasks))
        {
            return false;
        }

        Span<byte> path = stackalloc byte[32];
        using (tasks)
        {
            while (tasks.TryReadNumber(out threadId, out ReadOnlySpan<byte> name))
            {
                "task/"u8.CopyTo(path);
                name.CopyTo(path["task/"u8.Length..]);
                Descriptor directory = Files.Descriptor.OpenAt(Descriptor, path, LibC.O_PATH);
                ProcessDirectory candidate = new(directory, ProcessId);
                if (directory.IsOpen && candidate.TryReadStat(out stat) && !stat.HasEnded)
                {
                    thread = candidate;
                    return true;
                }

                directory.Dispose();
            }
        }

        return false;
    }

    /// <summary>Whether all its threads have ended, and its parent has not waited for it.</summary>
    internal bool IsZombie
    {
        get
        {
            if (!TryReadStat(out ProcessStat stat) || !stat.HasEnded)
            {
                return false;
            }

            bool lives = TryOpenLivingThread(out ProcessDirectory thread, out _);
            thread.Dispose();
            return !lives;
        }
    }

    private ulong ReadInode(ReadOnlySpan<byte> link)
    {
        byte* text = stackalloc byte[64];
        fixed (byte* name = link)
        {
            nint length = LibC.readlinkat(Descriptor, name, text, 64);
            return length > 0 ? NamespaceLink.ParseInode(new ReadOnlySpan<byte>(text, (int)length)) : 0;
        }
    }

    /// <summary>The text of a symbolic link of the process (its path ends in NUL), in the buffer; empty with errno where it cannot be read.</summary>
    internal ReadOnlySpan<byte> ReadLink(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        fixed (byte* name = path, text = buffer)
        {
            nint length = LibC.readlinkat(Descriptor, name, text, (nuint)buffer.Length);
            return length > 0 ? buffer[..(int)length] : default;
        }
    }

    /// <summary>Reads a small file of the process; false with errno where it cannot be read.</summary>
    internal bool TryReadFile(ReadOnlySpan<byte> name, Span<byte> buffer, out int length)
    {
        using Descriptor file = Files.Descriptor.OpenAt(Descriptor, name, LibC.O_RDONLY);
        length = file.IsOpen ? file.Read(buffer) : -1;
        return length >= 0;
    }

    internal bool TryReadStat(out ProcessStat stat)
    {
        stat = default;
        Span<byte> buffer = stackalloc byte[1024];
        return TryReadFile("stat\0"u8, buffer, out int length) && ProcessStat.TryParse(buffer[..length], out stat);
    }

    /// <summary>
    /// The command line with its arguments joined by blanks, or [comm] where it has none (kernel threads,
    /// zombies). Safe for a terminal; cut after <see cref="MaxCommandLine"/> bytes.
    /// </summary>
    internal string? ReadCommandLine()
    {
        Span<byte> buffer = stackalloc byte[MaxCommandLine];
        if (!TryReadFile("cmdline\0"u8, buffer, out int length))
        {
            return null;
        }

        return length > 0 ? JoinArguments(buffer[..length]) : ReadName() is string name ? $"[{name}]" : null;
    }

    /// <summary>The same by its number, where nothing else of it is read and its name is known.</summary>
    internal static string? ReadCommandLine(ProcFileSystem proc, int processId, string name)
    {
        Span<byte> path = stackalloc byte[32];
        _ = Utf8Formatter.TryFormat(processId, path, out int digits);
        "/cmdline\0"u8.CopyTo(path[digits..]);
        using Descriptor file = Files.Descriptor.OpenAt(proc.Descriptor, path, LibC.O_RDONLY);
        Span<byte> buffer = stackalloc byte[MaxCommandLine];
        int length = file.IsOpen ? file.Read(buffer) : -1;
        return length < 0 ? null : length > 0 ? JoinArguments(buffer[..length]) : $"[{name}]";
    }

    /// <summary>The real uid the process directory belongs to; root for a process that may not be dumped.</summary>
    internal bool TryGetUserId(out uint userId)
    {
        bool found = FileStatus.TryGet(Descriptor, out FileStatus status);
        userId = status.UserId;
        return found;
    }

    /// <summary>Hands the directory over to a longer-lived owner; this object must not be disposed of afterwards.</summary>
    internal DescriptorHandle Detach() => new(_directory);

    public void Dispose() => _directory.Dispose();

    private static string JoinArguments(Span<byte> arguments)
    {
        bool cut = arguments.Length == MaxCommandLine;
        Span<byte> text = cut ? arguments : arguments.TrimEnd((byte)0);
        text.Replace((byte)0, (byte)' ');
        return cut ? SafeText.FromUtf8(text) + "…" : SafeText.FromUtf8(text);
    }

    /// <summary>The name the kernel knows it by, cut to 15 bytes and safe for a terminal; null where it has gone.</summary>
    internal string? ReadName()
    {
        Span<byte> buffer = stackalloc byte[64];
        if (!TryReadFile("comm\0"u8, buffer, out int length))
        {
            return null;
        }

        // The kernel ends the name with one newline; the name may hold others.
        Span<byte> name = buffer[..length];
        if (name.EndsWith("\n"u8))
        {
            name = name[..^1];
        }

        return SafeText.FromUtf8(name);
    }
}
