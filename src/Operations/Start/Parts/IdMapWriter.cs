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
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Life;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>Writes the id maps of a child that waits in a new user namespace.</summary>
internal static class IdMapWriter
{
    /// <summary>setgroups first, because a caller without privileges may write gid_map only after "deny"; then groups, then users.</summary>
    internal static void Write(SpawnGate gate, SpawnRequest request)
    {
        int processId = gate.ProcessId;
        if (request.SetGroups is SetGroupsPolicy policy)
        {
            WriteFile(processId, "setgroups", policy.ToString().ToLowerInvariant(), null);
        }

        if (request.GroupMap is IdMap groups)
        {
            Write(gate, request, groups, ProcessCredentials.GroupId, ProcessCredentials.CapSetGid);
        }

        if (request.UserMap is IdMap users)
        {
            Write(gate, request, users, ProcessCredentials.UserId, ProcessCredentials.CapSetUid);
        }
    }

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

    private static void Write(SpawnGate gate, SpawnRequest request, IdMap map, uint ownId, int capability)
    {
        if (map.IsOnly(ownId) || ProcessCredentials.Has(capability))
        {
            WriteFile(gate.ProcessId, map.FileName, map.ToString(), failure => new SpawnFailure(request).Map(failure, map));
        }
        else
        {
            RunHelper(gate, map);
        }
    }

    private static unsafe int WriteOnce(int file, byte[] text)
    {
        fixed (byte* start = text)
        {
            return LibC.write(file, start, (nuint)text.Length) < 0 ? Errno.Last : 0;
        }
    }

    // newuidmap and newgidmap are setuid root and check the ranges against /etc/subuid and /etc/subgid themselves.
    private static void RunHelper(SpawnGate gate, IdMap map)
    {
        IEnumerable<uint> numbers = map.Ranges.SelectMany(range => new[] { range.Inner, range.Outer, range.Count });
        using Pipe output = Pipe.Create();
        ChildProcess helper = StartHelper(map.HelperName, [.. numbers.Prepend((uint)gate.ProcessId).Select(number => number.ToString(CultureInfo.InvariantCulture))], output);
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
                    "IdMapRefused",
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

    // Looked for in PATH alone: what lies in the working directory may be anybody's.
    private static ChildProcess StartHelper(string name, string[] arguments, Pipe output)
    {
        SpawnRequest request = new()
        {
            Program = name,
            Arguments = arguments,
            Environment = EnvironmentBlock.Of(Environment.GetEnvironmentVariables()),
            StandardInput = "/dev/null",
            Descriptors = [null, output.Writing, output.Writing],
        };
        string? path = Environment.GetEnvironmentVariable("PATH");
        try
        {
            return Spawner.Start(SpawnPlanner.Create(string.IsNullOrEmpty(path) ? request : request with { SearchPath = path })).Child!;
        }
        catch (NamespaceException exception) when (exception.ErrorId is "ProgramNotFound" or "ProgramNotExecutable")
        {
            throw new NamespaceException(
                "IdMapHelperMissing",
                $"This map needs {name}, which could not be started: {exception.Message}",
                "Install it (Debian and Ubuntu: apt install uidmap), or map only your own id, or run as root.",
                exception);
        }
    }
}
