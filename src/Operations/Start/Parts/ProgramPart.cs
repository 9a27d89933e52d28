using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The program: a path, or a name that is looked for in <see cref="SearchPath"/>; null is the user's shell.</summary>
    internal string? Program { get; init; }

    /// <summary>The programs to try where <see cref="Program"/> is not there, in order: paths, or names that are looked for in <see cref="SearchPath"/>.</summary>
    internal IReadOnlyList<string> FallbackPrograms { get; init; } = [];

    /// <summary>Its arguments.</summary>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Its whole environment.</summary>
    internal EnvironmentBlock Environment { get; init; } = [];

    /// <summary>The directories a program name is looked for in, separated by colons.</summary>
    internal string SearchPath { get; init; } = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

/// <summary>
/// The program itself. Its files are tried by the child, one execve after the other, because only the child sees the file
/// system, and has the rights, with which the program will run.
/// </summary>
internal sealed class ProgramPart(SpawnRequest request) : StartPart
{
    private const string DefaultShell = "/bin/sh";

    private readonly SpawnRequest _request = request;

    internal override void Validate()
    {
        RequestRules.CheckNoNul(_request.Program);
        RequestRules.CheckNoNul(_request.Arguments);
        if (_request.Program is { Length: 0 })
        {
            throw RequestRules.Invalid("The name of the program is empty.", null);
        }
    }

    // Null where a file is there, or where nobody knows.
    internal override IEnumerable<NamespaceException?> Forecast(SessionFiles files)
    {
        IReadOnlyList<string> programs = Candidates(_request);
        if (programs.All(files.AreTheChilds) && programs.Select(SessionFiles.Look).ToArray() is int[] failures && failures.All(SessionFiles.IsMissing))
        {
            yield return Refused(_request, failures[0]);
        }
    }

    /// <summary>The files to try, in order; at least one.</summary>
    internal static IReadOnlyList<string> Candidates(SpawnRequest request)
    {
        string program = request.Program ?? Shell(request);
        if (program.Contains('/'))
        {
            return [program, .. request.FallbackPrograms.SelectMany(other => other.Contains('/') ? [other] : Search(request.SearchPath, other))];
        }

        string[] candidates = Search(request.SearchPath, program);
        return candidates.Length > 0 ? candidates : ["/" + program];
    }

    private static string[] Search(string path, string program) =>
    [
        .. path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(directory => directory[0] == '/')
            .Select(directory => Path.Combine(directory, program))
            .Distinct(),
    ];

    /// <summary>
    /// Whether execve gives the program more rights than it was started with, as the session sees the file: set-user-ID, set-group-ID or
    /// capabilities. The kernel then clears the parent-death signal.
    /// </summary>
    internal static bool GainsPrivileges(SpawnRequest request)
    {
        foreach (string candidate in Candidates(request))
        {
            byte[] path = Encoding.UTF8.GetBytes(candidate + '\0');
            if (FileStatus.TryGet(LibC.AT_FDCWD, path, out FileStatus status))
            {
                return status.SetsIds || FileStatus.HasCapabilities(path);
            }
        }

        return false;
    }

    /// <summary>Argument 0: the name as it was given; a shell nobody asked for by name is a login shell.</summary>
    internal static string CalledName(SpawnRequest request) => request.Program ?? "-" + Path.GetFileName(Shell(request));

    /// <summary>Explains a refused execve.</summary>
    internal static NamespaceException Refused(SpawnRequest request, int errno)
    {
        string? name = request.Program;
        bool isSearched = name is not null && !name.Contains('/');
        string tried = SafeText.Escape(isSearched ? $"{name} in {request.SearchPath}" : Candidates(request)[0]);
        LinuxException failure = new(errno, "execve", SafeText.Escape(isSearched ? name! : Candidates(request)[0]));
        string root = request.Root is null ? string.Empty : $" below the root '{SafeText.Escape(request.Root)}'";
        return errno switch
        {
            LibC.ENOENT or LibC.ENOTDIR => new(ErrorIds.ProgramNotFound, $"There is no program to start; tried {tried}{root}.", $"Give the path of a program that exists where it is to run; for a script, its interpreter must exist there too.{OfTarget(request)}", failure),
            LibC.EACCES or LibC.EPERM => new(ErrorIds.ProgramNotExecutable, $"The program may not be executed; tried {tried}{root}.", "It must be a file with the execute permission, on a file system without noexec, in directories that may be entered by the program's user.", failure),
            LibC.ENOEXEC => new(ErrorIds.ProgramNotExecutable, $"The program is neither a binary for this machine nor a script with a first line '#!interpreter'; tried {tried}{root}.", "Start its interpreter, with the script as argument.", failure),
            LibC.E2BIG => new(ErrorIds.ArgumentsTooLong, "The arguments and the environment are longer than the kernel allows.", "Pass less: one argument may have 128 KiB.", failure),
            _ => new(ErrorIds.ProgramNotExecutable, $"The program could not be started; tried {tried}{root}.", null, failure),
        };
    }

    // Images keep their programs where their own PATH says, and some have no shell at all.
    private static string OfTarget(SpawnRequest request) => !request.JoinedTypes.Contains(NamespaceType.Mnt) ? string.Empty
        : " The target may have a PATH of its own: -TargetEnvironment takes it. A program of this session runs in the target's other namespaces with -Type Net, Pid, Uts.";

    private static string Shell(SpawnRequest request)
    {
        string? shell = request.Environment.Find("SHELL");
        return string.IsNullOrEmpty(shell) ? DefaultShell : shell;
    }
}
