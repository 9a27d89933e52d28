using System;
using System.Buffers.Text;
using System.Globalization;
using System.Linq;
using System.Text;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The fields of /proc/PID/status that the module uses. See proc_pid_status(5).</summary>
internal readonly struct ProcessStatus
{
    /// <summary>The file is larger by far only where a process is in thousands of groups; those lines come late.</summary>
    internal const int MaxSize = 16 * 1024;

    private ProcessStatus(uint userId, int namespacePid, string processIds)
    {
        UserId = userId;
        NamespacePid = namespacePid;
        ProcessIds = processIds;
    }

    /// <summary>The effective uid, as the reader sees it.</summary>
    internal uint UserId { get; }

    /// <summary>The PID in the innermost pid namespace.</summary>
    internal int NamespacePid { get; }

    /// <summary>NSpid (Linux 4.1): the PIDs from the pid namespace of this /proc to the innermost, with blanks between.</summary>
    internal string ProcessIds { get; }

    /// <summary>Parses the file; kernels without NSpid have the PID alone.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, out ProcessStatus status)
    {
        ReadOnlySpan<byte> uids = Line(text, "\nUid:"u8);
        ReadOnlySpan<byte> pids = Line(text, "\nNSpid:"u8);
        pids = pids.IsEmpty ? Line(text, "\nPid:"u8) : pids;
        status = default;
        int field = 0;
        uint userId = 0;
        foreach (Range range in new FieldEnumerator(uids))
        {
            // Real, effective, saved, file system.
            if (field++ == 1 && !Utf8Parser.TryParse(uids[range], out userId, out _))
            {
                return false;
            }
        }

        StringBuilder all = new();
        int last = 0;
        foreach (Range range in new FieldEnumerator(pids))
        {
            if (!Utf8Parser.TryParse(pids[range], out last, out _))
            {
                return false;
            }

            all.Append(all.Length > 0 ? " " : string.Empty).Append(Encoding.ASCII.GetString(pids[range]));
        }

        status = new ProcessStatus(userId, last, all.ToString());
        return field > 1 && all.Length > 0;
    }

    /// <summary>The value of a field in the text of the file; null where a kernel does not have it.</summary>
    internal static string? FieldOf(string text, string name)
    {
        string label = $"\n{name}:";
        int start = text.IndexOf(label, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        int end = text.IndexOf('\n', start + 1);
        return text[(start + label.Length)..(end < 0 ? text.Length : end)].Trim();
    }

    /// <summary>The numbers of a field: Uid and Gid have four (real, effective, saved, file system), Groups any number.</summary>
    internal static uint[] IdsOf(string text, string name) =>
        [.. (FieldOf(text, name) ?? string.Empty).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(id => uint.Parse(id, CultureInfo.InvariantCulture))];

    // The rest of the line. A name cannot fake one: its newlines are written as \n.
    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> text, ReadOnlySpan<byte> label)
    {
        int start = text.IndexOf(label);
        if (start < 0)
        {
            return default;
        }

        ReadOnlySpan<byte> rest = text[(start + label.Length)..];
        int end = rest.IndexOf((byte)'\n');
        return end < 0 ? rest : rest[..end];
    }
}
