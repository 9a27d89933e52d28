using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxNamespaces.Commands;

/// <summary>
/// Finds words of a command line that bound to the wrong place. PowerShell takes an option of the program for the beginning of a parameter's
/// name, and a mistyped parameter for an argument of the program, which would then run without that setting.
/// </summary>
internal static class ProgramWords
{
    private const string EndOfParameters = "--";
    private const string Remedy = "Write -- before the program, and what follows is its own: New-NamespaceProcess -Type Net -Wait -- sh -c id. Before that, write the names of parameters in full.";

    [ThreadStatic]
    private static (string Line, int Start, string Cmdlet) s_right;

    /// <summary>Looks at the command as it was typed, where that is known and there is a reason to.</summary>
    /// <exception cref="NamespaceException">InvalidRequest.</exception>
    internal static void Check(InvocationInfo invocation, IReadOnlyList<string?> arguments)
    {
        string line = invocation.Line;
        int start = invocation.OffsetInLine - 1;
        if (start < 0 || start >= line.Length || !(arguments.Any(argument => argument?.StartsWith('-') == true) || HasAbbreviation(invocation, line)))
        {
            return;
        }

        // A loop comes by here with the same line again and again.
        (string Line, int Start, string Cmdlet) place = (line, start, invocation.MyCommand.Name);
        if (place == s_right)
        {
            return;
        }

        Ast text = Parser.ParseInput(line[start..], out _, out _);
        if (text.Find(node => node is CommandAst, searchNestedScriptBlocks: false) is CommandAst command && command.Extent.StartOffset == 0)
        {
            Check(invocation.MyCommand, command);
        }

        s_right = place;
    }

    // The program itself has its place instead of a name.
    private static bool HasAbbreviation(InvocationInfo invocation, string line)
    {
        foreach (string name in invocation.BoundParameters.Keys)
        {
            if (name is not (nameof(NewNamespaceProcessCommand.ArgumentList) or nameof(InvokeNamespaceCommandCommand.Target) or nameof(InvokeNamespaceCommandCommand.Command)) && !line.Contains(name, StringComparison.OrdinalIgnoreCase)
                && !(name == nameof(NewNamespaceProcessCommand.FilePath) && !line.Contains(" -f", StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }

    private static void Check(CommandInfo cmdlet, CommandAst command)
    {
        bool hasProgram = false;
        bool isValue = false;
        foreach (CommandElementAst word in command.CommandElements.Skip(1))
        {
            if (word.Extent.Text == EndOfParameters)
            {
                return;
            }

            if (word is CommandParameterAst option)
            {
                isValue = Find(cmdlet, option, hasProgram) is ParameterMetadata parameter && !parameter.SwitchParameter && option.Argument is null;
                continue;
            }

            hasProgram |= !isValue && word is not VariableExpressionAst { Splatted: true };
            isValue = false;
        }
    }

    // Null for an argument of the program.
    private static ParameterMetadata? Find(CommandInfo cmdlet, CommandParameterAst option, bool hasProgram)
    {
        string name = option.ParameterName;
        ParameterMetadata[] all = [.. cmdlet.Parameters.Values];
        if (all.FirstOrDefault(parameter => parameter.Aliases.Prepend(parameter.Name).Contains(name, StringComparer.OrdinalIgnoreCase)) is ParameterMetadata exact)
        {
            return exact;
        }

        ParameterMetadata? meant = all.FirstOrDefault(parameter => parameter.Aliases.Prepend(parameter.Name).Any(full => full.StartsWith(name, StringComparison.OrdinalIgnoreCase)));
        return (meant, hasProgram) switch
        {
            (null, false) => throw new NamespaceException(ErrorIds.InvalidRequest, $"There is no parameter '-{name}'.", Remedy),
            (not null, true) => throw new NamespaceException(ErrorIds.InvalidRequest, $"'-{name}' stands behind the program, and PowerShell takes it for -{meant.Name}.", Remedy),
            _ => meant,
        };
    }
}
