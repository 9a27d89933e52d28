using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;
using Microsoft.Win32.SafeHandles;

namespace LinuxNamespaces.Operations.Net.Internet;

/// <summary>The answer of a program of the system.</summary>
internal readonly record struct ProgramAnswer(int ExitCode, string Output, string Error)
{
    /// <summary>The first line of what it said, for people. Where there is no /dev/log, pasta says before each line that it could not send it.</summary>
    internal string FirstLine => SafeText.Escape((Error + "\n" + Output).Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0 && !IsAboutLog(line)) ?? $"exit code {ExitCode}");

    private static bool IsAboutLog(string line) => line.StartsWith("Failed to send ", StringComparison.Ordinal) && line.EndsWith(" to syslog", StringComparison.Ordinal);
}

/// <summary>
/// Programs of the system that do what the module does not do itself. They are started as any other is: what the runtime starts ignores SIGPIPE, and pasta of 2023
/// gives up where that is ignored.
/// </summary>
internal static class OutsideProgram
{
    // Where administrators' programs are, which an ordinary user's path may leave out.
    private static readonly string[] s_folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    // As shells count.
    private const int AfterSignal = 128;

    /// <summary>The path of a program.</summary>
    /// <exception cref="NamespaceException">ProgramNotFound.</exception>
    internal static string Require(string name, string package) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
        .Where(folder => folder.StartsWith('/')).Concat(s_folders).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new NamespaceException(ErrorIds.ProgramNotFound, $"-Internet needs the program {name}, which is not in $PATH.", $"Install it (Debian and Ubuntu: apt-get install {package}).");

    /// <summary>Runs a program to its end, in the net namespace of the calling thread. Programs that it leaves in the background go on.</summary>
    /// <exception cref="NamespaceException">ProgramNotFound: it cannot be started.</exception>
    /// <exception cref="LinuxException">There is no memory for what it writes, or no descriptor is left.</exception>
    internal static ProgramAnswer Run(string path, IEnumerable<string> arguments, string input = "")
    {
        using SafeFileHandle reading = OpenMemory();
        using SafeFileHandle output = OpenMemory();
        using SafeFileHandle error = OpenMemory();
        RandomAccess.Write(reading, Encoding.UTF8.GetBytes(input), 0);

        // Its words are read: they must not be translated.
        SpawnRequest request = new()
        {
            Program = path,
            Arguments = [.. arguments],
            Environment = EnvironmentBlock.Of(Environment.GetEnvironmentVariables()).With(["LC_ALL=C"]),
            Descriptors = [reading, output, error],
        };
        ChildProcess child = Start(request);
        _ = child.Wait(Timeout.InfiniteTimeSpan, null);
        return new ProgramAnswer(child.ExitCode ?? AfterSignal + (child.Signal ?? 0), Read(output), Read(error));
    }

    private static ChildProcess Start(SpawnRequest request)
    {
        try
        {
            return ChildProcess.Of(Spawner.Start(SpawnPlanner.Create(request)))!;
        }
        catch (NamespaceException exception)
        {
            throw new NamespaceException(ErrorIds.ProgramNotFound, $"{SafeText.Escape(request.Program!)} could not be started: {exception.Message}", exception.Remedy, exception);
        }
    }

    // A file without a name, in memory.
    private static unsafe SafeFileHandle OpenMemory()
    {
        fixed (byte* name = "linuxnamespaces\0"u8)
        {
            int descriptor = LibC.memfd_create(name, LibC.MFD_CLOEXEC);
            if (descriptor < 0)
            {
                LinuxException.ThrowLast("memfd_create", "linuxnamespaces");
            }

            return new SafeFileHandle(descriptor, ownsHandle: true);
        }
    }

    private static string Read(SafeFileHandle file)
    {
        byte[] content = new byte[RandomAccess.GetLength(file)];
        int length = RandomAccess.Read(file, content, 0);
        return Encoding.UTF8.GetString(content, 0, length);
    }
}
