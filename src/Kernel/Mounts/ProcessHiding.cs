using System;
using System.Buffers.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>The option hidepid of the mounted /proc, which hides processes that the reader may not trace; see proc(5).</summary>
/// <param name="HidesNumbers">Whether not even their numbers are listed.</param>
/// <param name="ExemptGroup">The group that sees all; null for none.</param>
internal readonly record struct ProcessHiding(bool HidesNumbers, uint? ExemptGroup)
{
    /// <summary>Whether processes of others are out of our sight.</summary>
    internal bool IsInForce
    {
        get
        {
            if (!HidesNumbers)
            {
                return false;
            }

            // Every pid namespace has a PID 1; who does not see it may have capabilities, but not over those processes.
            return !FileStatus.TryGet(LibC.AT_FDCWD, "/proc/1\0"u8, out _)
                || !((ExemptGroup is uint group && ProcessCredentials.IsInGroup(group)) || ProcessCredentials.Has(ProcessCredentials.CapSysPtrace));
        }
    }

    /// <summary>Reads the option of the current /proc.</summary>
    /// <exception cref="LinuxException">The table of mounts cannot be read.</exception>
    internal static ProcessHiding Read()
    {
        _ = MountTable.ReadNamespaceMounts(out ProcessHiding hiding);
        return hiding;
    }

    /// <summary>Parses the text of a mountinfo file. With several mounts on /proc, the last is on top.</summary>
    internal static ProcessHiding Parse(ReadOnlySpan<byte> table)
    {
        ProcessHiding hiding = default;

        // As good as everywhere there is nothing to look for.
        if (table.IndexOf("hidepid="u8) < 0)
        {
            return hiding;
        }

        foreach (MountInfo mount in MountInfo.Of(table))
        {
            if (mount.Type.SequenceEqual("proc"u8) && mount.Root.SequenceEqual("/"u8) && mount.MountPoint.SequenceEqual("/proc"u8))
            {
                hiding = ParseOptions(mount.SuperOptions);
            }
        }

        return hiding;
    }

    // Linux 5.8 has words where there were numbers.
    private static ProcessHiding ParseOptions(ReadOnlySpan<byte> options)
    {
        bool hides = false;
        uint? exempt = null;
        while (!options.IsEmpty)
        {
            int end = options.IndexOf((byte)',');
            ReadOnlySpan<byte> option = end < 0 ? options : options[..end];
            options = end < 0 ? default : options[(end + 1)..];
            if (option.StartsWith("gid="u8) && Utf8Parser.TryParse(option[4..], out uint group, out _))
            {
                exempt = group;
            }
            else if (option.StartsWith("hidepid="u8))
            {
                ReadOnlySpan<byte> mode = option[8..];
                if (mode.SequenceEqual("ptraceable"u8) || mode.SequenceEqual("4"u8))
                {
                    return new ProcessHiding(true, null);
                }

                hides = mode.SequenceEqual("invisible"u8) || mode.SequenceEqual("2"u8);
            }
        }

        return new ProcessHiding(hides, exempt);
    }
}
