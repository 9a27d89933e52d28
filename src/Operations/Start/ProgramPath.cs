using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace LinuxNamespaces.Operations.Start;

/// <summary>
/// Which files to try for a program. They are tried by the child, one execve after the other, because only it sees the file
/// system, and has the rights, with which the program will run.
/// </summary>
internal static class ProgramPath
{
    private const string DefaultShell = "/bin/sh";

    /// <summary>The files, in order; at least one.</summary>
    internal static IReadOnlyList<string> Candidates(SpawnRequest request)
    {
        string program = request.Program ?? Shell(request);
        if (program.Contains('/'))
        {
            return [program, .. request.FallbackPrograms];
        }

        string[] candidates = [.. request.SearchPath.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Where(directory => directory[0] == '/')
            .Select(directory => Path.Combine(directory, program))
            .Distinct()];
        return candidates.Length > 0 ? candidates : ["/" + program];
    }

    /// <summary>Argument 0: the name as it was given; a shell nobody asked for by name is a login shell.</summary>
    internal static string CalledName(SpawnRequest request) => request.Program ?? "-" + Path.GetFileName(Shell(request));

    private static string Shell(SpawnRequest request)
    {
        string? shell = request.Environment.Find("SHELL");
        return string.IsNullOrEmpty(shell) ? DefaultShell : shell;
    }
}
