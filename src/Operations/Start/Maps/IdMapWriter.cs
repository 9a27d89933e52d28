using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Life;

namespace LinuxNamespaces.Operations.Start.Maps;

/// <summary>Writes files of a child that waits in a new namespace: its id maps, its clock offsets.</summary>
internal static class IdMapWriter
{
    /// <summary>Writes a small file of the child's /proc directory in one go.</summary>
    internal static void WriteFile(int processId, string name, string text, Func<LinuxException, NamespaceException?>? explain)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{name}");
        using Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), LibC.O_WRONLY);
        int errno = file.IsOpen ? WriteOnce(file.Number, Encoding.ASCII.GetBytes(text)) : Errno.Last;
        if (errno != 0)
        {
            LinuxException failure = new(errno, file.IsOpen ? "write" : "open", path);
            throw explain?.Invoke(failure) ?? (Exception)failure;
        }
    }

    private static unsafe int WriteOnce(int file, byte[] text)
    {
        fixed (byte* start = text)
        {
            return LibC.write(file, start, (nuint)text.Length) < 0 ? Errno.Last : 0;
        }
    }

    /// <summary>newuidmap and newgidmap are setuid root and check the ranges against /etc/subuid and /etc/subgid themselves.</summary>
    internal static void RunHelper(SpawnGate gate, IdMap map)
    {
        IEnumerable<uint> numbers = map.Ranges.SelectMany(range => new[] { range.Inner, range.Outer, range.Count });
        using Pipe output = Pipe.Create();
        ChildProcess helper = StartHelper(gate, map.HelperName, [.. numbers.Prepend((uint)gate.ProcessId).Select(number => number.ToString(CultureInfo.InvariantCulture))], output);
        output.Writing.Dispose();
        try
        {
            using CancellationTokenRegistration stop = gate.Cancellation.Register(() => helper.Send(LibC.SIGKILL));
            using StreamReader reader = new(new FileStream(output.Reading, FileAccess.Read, bufferSize: 0));
            string complaint = reader.ReadToEnd().Trim();
            helper.Wait(Timeout.InfiniteTimeSpan, null);
            gate.Cancellation.ThrowIfCancellationRequested();

            // Its exit code need not be known, where another has waited for it.
            if (!IsWritten(gate.ProcessId, map))
            {
                throw new NamespaceException(
                    ErrorIds.IdMapRefused,
                    $"{map.HelperName} refused the map {string.Join(", ", map.Ranges)}: {SafeText.Escape(complaint)}",
                    $"The outer ids must be your own, or ranges that {(map.Kind == IdKind.User ? "/etc/subuid" : "/etc/subgid")} gives you.");
            }
        }
        finally
        {
            helper.Destroy();
        }
    }

    private static bool IsWritten(int processId, IdMap map)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{map.FileName}\0");
        using Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path), LibC.O_RDONLY);
        return file.IsOpen && file.Read(stackalloc byte[1]) > 0;
    }

    private static ChildProcess StartHelper(SpawnGate gate, string name, string[] arguments, Pipe output)
    {
        try
        {
            return gate.StartHelper(name, arguments, output.Writing);
        }
        catch (NamespaceException exception) when (exception.ErrorId is ErrorIds.ProgramNotFound or ErrorIds.ProgramNotExecutable)
        {
            throw new NamespaceException(
                ErrorIds.IdMapHelperMissing,
                $"This map needs {name}, which could not be started: {exception.Message}",
                "Install it (Debian and Ubuntu: apt install uidmap), or map only your own id, or run as root.",
                exception);
        }
    }
}
