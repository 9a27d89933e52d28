using System;
using System.Buffers.Text;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The fields of /proc/PID/stat that the module uses. See proc_pid_stat(5).</summary>
internal readonly struct ProcessStat
{
    // PF_KTHREAD in include/linux/sched.h of the kernel, which no header of C has.
    private const uint KernelThread = 0x00200000;

    private ProcessStat(char state, int parentId, uint flags, ulong startTime)
    {
        State = state;
        ParentId = parentId;
        IsKernelThread = (flags & KernelThread) != 0;
        StartTime = startTime;
    }

    /// <summary>Field 3, for example <c>Z</c> for a zombie.</summary>
    internal char State { get; }

    /// <summary>Whether it has ended and only waits to be collected. Other threads of the process may live.</summary>
    internal bool HasEnded => State is 'Z' or 'X' or 'x';

    /// <summary>Field 4; 0 where the parent lies outside of the PID namespace of this /proc.</summary>
    internal int ParentId { get; }

    /// <summary>Whether it is a thread of the kernel, by field 9. From Linux 7.3 on such a thread has an empty root directory.</summary>
    internal bool IsKernelThread { get; }

    /// <summary>Field 22: clock ticks since boot.</summary>
    internal ulong StartTime { get; }

    /// <summary>Parses a line; field 2, the comm, may itself hold blanks, newlines and brackets.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> line, out ProcessStat stat)
    {
        stat = default;
        int end = line.LastIndexOf((byte)')');
        if (end < 0 || end + 2 >= line.Length || line[end + 1] != (byte)' ')
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[(end + 2)..];
        char state = (char)rest[0];
        int parentId = 0;
        uint flags = 0;
        ulong startTime = 0;
        int field = 3;
        foreach (Range range in new FieldEnumerator(rest))
        {
            ReadOnlySpan<byte> text = rest[range];
            if (field == 4 && !Utf8Parser.TryParse(text, out parentId, out _))
            {
                return false;
            }

            if (field == 9 && !Utf8Parser.TryParse(text, out flags, out _))
            {
                return false;
            }

            if (field == 22)
            {
                if (!Utf8Parser.TryParse(text, out startTime, out _))
                {
                    return false;
                }

                stat = new ProcessStat(state, parentId, flags, startTime);
                return true;
            }

            field++;
        }

        return false;
    }
}
