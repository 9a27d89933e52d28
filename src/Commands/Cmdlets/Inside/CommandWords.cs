using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Remote.Wire;

namespace LinuxNamespaces.Commands;

/// <summary>A command as one types it: a target where there is no other, then a program and its arguments.</summary>
/// <param name="Target">The first word; null where it is the program.</param>
/// <param name="Script">A script block in the program's place.</param>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record CommandWords(object? Target, ScriptBlock? Script, string Program, object?[] Arguments)
{
    /// <summary>Takes the words apart. Ends the cmdlet where there is no program, or a word went where nobody meant it to.</summary>
    internal static CommandWords Take(PSCmdlet cmdlet, object?[] words, bool hasTarget)
    {
        try
        {
            return Take(cmdlet.MyInvocation, words, hasTarget);
        }
        catch (NamespaceException exception)
        {
            cmdlet.ThrowTerminatingError(ErrorRecords.From(exception, words));
            throw;
        }
    }

    private static CommandWords Take(InvocationInfo invocation, object?[] words, bool hasTarget)
    {
        ProgramWords.Check(invocation, [.. words.Select(word => word as string)]);
        (object? target, object?[] rest) = hasTarget ? (null, words) : (words[0], words[1..]);
        if (rest.Length > 0 && StreamRecord.Unwrap(rest[0]) is ScriptBlock script)
        {
            return new CommandWords(target, script, string.Empty, rest[1..]);
        }

        IReadOnlyList<string> program = ProgramArguments.From(rest);
        return program.Count > 0
            ? new CommandWords(target, null, program[0], [.. program.Skip(1)])
            : throw new NamespaceException(ErrorIds.InvalidRequest, "No program was given.", "Write the target, then the program and its arguments: Invoke-NamespaceCommand web -- ip addr.");
    }

    /// <summary>
    /// The script of a file, which is read outside, as Invoke-Command -FilePath does: no other program than PowerShell runs it, and inside it need not
    /// exist. Null for any other program.
    /// </summary>
    internal static ScriptBlock? ReadScript(InsideCommand cmdlet, string file)
    {
        try
        {
            string path = cmdlet.Resolve(file);
            return File.Exists(path) ? ScriptBlock.Create(File.ReadAllText(path)) : null;
        }
        catch (NamespaceException exception)
        {
            cmdlet.ThrowTerminatingError(ErrorRecords.From(exception, file));
            throw;
        }
    }

    /// <summary>Whether a program is named like a script of PowerShell.</summary>
    internal static bool IsScript(string file) => file.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase);
}
