using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Net.Internet;

/// <summary>
/// A running <c>pasta</c> that the module has started, held open. Its own command line is the memory of what it is for, where processes inside of
/// the net namespace cannot write: the name of the file for its PID tells the namespace, and the process it was started for.
/// </summary>
internal sealed class PastaProcess : IDisposable
{
    /// <summary>The name of the program.</summary>
    internal const string Program = "pasta";

    /// <summary>The switch for the file of its PID.</summary>
    internal const string MarkSwitch = "--pid";

    /// <summary>The switch for the interface in the net namespace.</summary>
    internal const string InterfaceSwitch = "--ns-ifname";

    private const string MarkStart = "linuxnamespaces-net-";
    private const int MaxCommandLine = 8192;

    // pasta is a link to passt, and runs passt.avx2 where the processor can do that.
    private static readonly HashSet<string?> s_names = [Program, "passt"];
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    private readonly ProcessHandle _process;
    private readonly PastaMark _mark;

    private PastaProcess(ProcessHandle process, PastaMark mark, string interfaceName)
    {
        _process = process;
        _mark = mark;
        InterfaceName = interfaceName;
    }

    internal int ProcessId => _process.ProcessId;

    /// <summary>The interface it has made.</summary>
    internal string InterfaceName { get; }

    // The process that it was started for has ended. Versions before 2024 do not notice that themselves.
    private bool IsStale
    {
        get
        {
            if (_mark.ProcessId == 0)
            {
                return false;
            }

            using ProcessHandle? process = ProcessHandle.TryOpen(_mark.ProcessId);
            return process?.StartTicks != _mark.StartTicks;
        }
    }

    /// <summary>The name of the file that marks one.</summary>
    internal static string NameOf(PastaMark mark) => string.Create(CultureInfo.InvariantCulture, $"{MarkStart}{mark.Inode}-{mark.ProcessId}-{mark.StartTicks}");

    /// <summary>Finds the one of a net namespace, and ends those whose process has ended; null for none.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    internal static PastaProcess? Find(ulong inode)
    {
        PastaProcess? found = null;
        using ProcFileSystem proc = ProcFileSystem.Open();
        foreach (PastaProcess each in FindAll(proc))
        {
            if (each.IsStale)
            {
                // Another user's is left to that user.
                _ = each.TryEnd();
                each.Dispose();
            }
            else if (found is null && each._mark.Inode == inode)
            {
                found = each;
            }
            else
            {
                each.Dispose();
            }
        }

        return found;
    }

    /// <summary>Ends it, and waits for that. The kernel removes its interface with it.</summary>
    /// <exception cref="LinuxException">It belongs to another user.</exception>
    internal void End()
    {
        if (!TryEnd())
        {
            LinuxException.ThrowLast("pidfd_send_signal", $"{Program} {ProcessId}");
        }
    }

    public void Dispose() => _process.Dispose();

    // False with errno where it may not be ended.
    private bool TryEnd()
    {
        foreach (int signal in (ReadOnlySpan<int>)[LibC.SIGTERM, LibC.SIGKILL])
        {
            if (LibC.syscall4(LibC.SYS_pidfd_send_signal, _process.PidDescriptor, signal, 0, 0) != 0)
            {
                return Errno.Last == LibC.ESRCH;
            }

            if (SpinWait.SpinUntil(() => !_process.Exists || _process.View().IsZombie, s_grace))
            {
                break;
            }
        }

        return true;
    }

    private static List<PastaProcess> FindAll(ProcFileSystem proc)
    {
        List<PastaProcess> found = [];
        proc.Visit(
            (int processId, in ProcessDirectory directory) =>
            {
                if (s_names.Contains(directory.ReadName()?.Split('.')[0]) && TryOpen(processId) is PastaProcess process)
                {
                    found.Add(process);
                }
            },
            CancellationToken.None);
        return found;
    }

    // Everything is read after it has been opened, so it is of this process.
    private static PastaProcess? TryOpen(int processId)
    {
        ProcessHandle? process = ProcessHandle.TryOpen(processId);
        Span<byte> buffer = stackalloc byte[MaxCommandLine];
        if (process is not null
            && process.View().TryReadFile("cmdline\0"u8, buffer, out int length)
            && Parse(Encoding.UTF8.GetString(buffer[..length]).Split('\0')) is (PastaMark mark, string interfaceName))
        {
            return new PastaProcess(process, mark, interfaceName);
        }

        process?.Dispose();
        return null;
    }

    private static (PastaMark Mark, string InterfaceName)? Parse(string[] words)
    {
        string? file = After(words, MarkSwitch);
        string? interfaceName = After(words, InterfaceSwitch);
        string name = Path.GetFileName(file ?? string.Empty);
        return interfaceName is not null
            && name.StartsWith(MarkStart, StringComparison.Ordinal)
            && name[MarkStart.Length..].Split('-') is [string inode, string processId, string ticks]
            && ulong.TryParse(inode, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            && int.TryParse(processId, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            && ulong.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out ulong start)
                ? (new PastaMark(number, id, start), interfaceName)
                : null;
    }

    private static string? After(string[] words, string word)
    {
        int index = Array.IndexOf(words, word);
        return index >= 0 && index + 1 < words.Length ? words[index + 1] : null;
    }
}

/// <summary>The purpose of a <c>pasta</c>.</summary>
/// <param name="Inode">The net namespace.</param>
/// <param name="ProcessId">The process by which it was opened; 0 for a net namespace that was not opened by a process.</param>
/// <param name="StartTicks">When that process was started, in clock ticks since boot.</param>
internal readonly record struct PastaMark(ulong Inode, int ProcessId, ulong StartTicks);
