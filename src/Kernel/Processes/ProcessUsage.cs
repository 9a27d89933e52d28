using System;
using System.Buffers.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The resources that a process uses, from its files in /proc. See proc_pid_stat(5), proc_pid_statm(5), proc_pid_io(5) and proc_pid_smaps(5).</summary>
internal struct ProcessUsage
{
    private const int Kibi = 1024;

    /// <summary>Clock ticks since boot: with the PID, what tells it from others.</summary>
    internal ulong StartTime { get; private set; }

    /// <summary>Clock ticks in user and in kernel mode.</summary>
    internal ulong Ticks { get; private set; }

    internal long Threads { get; private set; }

    internal long Descriptors { get; private set; }

    internal long ResidentBytes { get; private set; }

    internal long SharedBytes { get; private set; }

    internal long ProportionalBytes { get; private set; }

    internal long ReadBytes { get; private set; }

    internal long WrittenBytes { get; private set; }

    internal long ReadCharacters { get; private set; }

    internal long WrittenCharacters { get; private set; }

    /// <summary>Whether something of it may not be read.</summary>
    internal bool IsHidden { get; private set; }

    /// <summary>Whether the size of /proc/PID/fd is the number of descriptors (Linux 6.2).</summary>
    internal static bool CountsDescriptors { get; } = FileStatus.TryGet("/proc/self/fd", out FileStatus status) && status.Size > 0;

    /// <summary>Reads the times alone; false where the process has gone.</summary>
    internal static bool TryReadTimes(ProcFileSystem proc, int processId, out ProcessUsage usage)
    {
        usage = default;
        Span<byte> buffer = stackalloc byte[1024];
        int length = Read(proc, processId, "/stat\0"u8, buffer);
        return length > 0 && usage.TryParseStat(buffer[..length]);
    }

    /// <summary>Reads all; false where the process has gone.</summary>
    /// <param name="proc">Where to look.</param>
    /// <param name="processId">Which process.</param>
    /// <param name="isFast">Whether what takes the kernel long is left out: proportional memory and descriptors.</param>
    /// <param name="usage">The values that were read.</param>
    internal static bool TryRead(ProcFileSystem proc, int processId, bool isFast, out ProcessUsage usage)
    {
        Span<byte> buffer = stackalloc byte[2048];
        if (!TryReadTimes(proc, processId, out usage))
        {
            return false;
        }

        int length = Read(proc, processId, "/statm\0"u8, buffer);
        if (length > 0)
        {
            usage.ParseStatm(buffer[..length]);
        }

        length = Read(proc, processId, "/io\0"u8, buffer);
        usage.Note(length);
        if (length > 0)
        {
            usage.ParseIo(buffer[..length]);
        }

        if (isFast)
        {
            return true;
        }

        // A kernel thread has no memory of its own.
        if (usage.ResidentBytes > 0)
        {
            length = Read(proc, processId, "/smaps_rollup\0"u8, buffer);
            usage.Note(length);
            usage.ProportionalBytes = length > 0 ? (NumberText.FindBehind(buffer[..length], "\nPss:"u8) ?? 0) * Kibi : 0;
        }

        usage.ReadDescriptors(proc, processId);
        return true;
    }

    // The fields are counted from the end of the name, which may hold anything.
    internal bool TryParseStat(ReadOnlySpan<byte> line)
    {
        int end = line.LastIndexOf((byte)')');
        if (end < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[(end + 1)..];
        int field = 3;
        foreach (Range range in new FieldEnumerator(rest))
        {
            if (field is 14 or 15 or 20 or 22)
            {
                if (!Utf8Parser.TryParse(rest[range], out ulong number, out _))
                {
                    return false;
                }

                switch (field)
                {
                    case 20:
                        Threads = (long)number;
                        break;
                    case 22:
                        StartTime = number;
                        return true;
                    default:
                        Ticks += number;
                        break;
                }
            }

            field++;
        }

        return false;
    }

    internal void ParseStatm(ReadOnlySpan<byte> line)
    {
        int field = 1;
        foreach (Range range in new FieldEnumerator(line))
        {
            if (field is 2 or 3 && Utf8Parser.TryParse(line[range], out long pages, out _))
            {
                long bytes = pages * Environment.SystemPageSize;
                ResidentBytes = field == 2 ? bytes : ResidentBytes;
                SharedBytes = field == 3 ? bytes : SharedBytes;
            }

            field++;
        }
    }

    internal void ParseIo(ReadOnlySpan<byte> text)
    {
        ReadCharacters = NumberText.FindBehind(text, "rchar:"u8) ?? 0;
        WrittenCharacters = NumberText.FindBehind(text, "wchar:"u8) ?? 0;
        ReadBytes = NumberText.FindBehind(text, "\nread_bytes:"u8) ?? 0;
        WrittenBytes = NumberText.FindBehind(text, "\nwrite_bytes:"u8) ?? 0;
    }

    private void ReadDescriptors(ProcFileSystem proc, int processId)
    {
        Span<byte> path = stackalloc byte[32];
        PathOf(processId, "/fd\0"u8, path);
        if (CountsDescriptors)
        {
            bool found = FileStatus.TryGet(proc.Descriptor, path, out FileStatus status);
            Descriptors = found ? (long)status.Size : 0;
            if (!found)
            {
                Note(-1);
            }

            return;
        }

        if (!DirectoryReader.TryOpen(proc.Descriptor, path, out DirectoryReader descriptors))
        {
            Note(-1);
            return;
        }

        using (descriptors)
        {
            while (descriptors.TryReadNumber(out _, out _))
            {
                Descriptors++;
            }
        }
    }

    private void Note(int length) => IsHidden |= length < 0 && Errno.Last is (LibC.EACCES or LibC.EPERM);

    private static int Read(ProcFileSystem proc, int processId, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        Span<byte> path = stackalloc byte[32];
        PathOf(processId, name, path);
        using Descriptor file = Descriptor.OpenAt(proc.Descriptor, path, LibC.O_RDONLY);
        if (!file.IsOpen)
        {
            return -1;
        }

        // Each is made whole by the first read that has room for it.
        return file.ReadOnce(buffer);
    }

    private static void PathOf(int processId, ReadOnlySpan<byte> name, Span<byte> path)
    {
        _ = Utf8Formatter.TryFormat(processId, path, out int digits);
        name.CopyTo(path[digits..]);
    }
}
