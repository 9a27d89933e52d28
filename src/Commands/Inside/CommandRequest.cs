using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text;

namespace LinuxNamespaces.Commands;

/// <summary>A script block with its arguments and the values its $using: expressions stand for.</summary>
internal sealed class CommandRequest
{
    // Where PowerShell itself hands the values over: see the engine's own jobs.
    private const string UsingParameter = "--%";

    private readonly string _script;
    private readonly object?[] _arguments;
    private readonly Hashtable _values;

    private CommandRequest(string script, object?[] arguments, Hashtable values)
    {
        _script = script;
        _arguments = arguments;
        _values = values;
    }

    /// <summary>Reads the caller's variables at once: later changes do not count.</summary>
    /// <exception cref="PSInvalidOperationException">A $using: expression is not a variable.</exception>
    internal static CommandRequest Create(ScriptBlock script, IEnumerable<object?>? arguments, SessionState caller)
    {
        Hashtable values = [];
        foreach (UsingExpressionAst expression in script.Ast.FindAll(ast => ast is UsingExpressionAst, searchNestedScriptBlocks: true).Cast<UsingExpressionAst>())
        {
            if (expression.SubExpression is not VariableExpressionAst variable)
            {
                throw new PSInvalidOperationException($"{expression.Extent.Text}: only variables can be taken along with $using:.");
            }

            values[KeyOf(expression)] = caller.PSVariable.GetValue(variable.VariablePath.UserPath);
        }

        return new CommandRequest(script.ToString(), [.. arguments ?? []], values);
    }

    internal static CommandRequest Deserialize(string text)
    {
        Hashtable parts = (Hashtable)StreamRecord.Unwrap(PSSerializer.Deserialize(text))!;
        IEnumerable arguments = (IEnumerable)StreamRecord.Unwrap(parts["Arguments"])!;
        return new CommandRequest((string)parts["Script"]!, [.. arguments.Cast<object?>()], (Hashtable)StreamRecord.Unwrap(parts["Values"])!);
    }

    internal string Serialize() => PSSerializer.Serialize(
        new Hashtable { ["Script"] = _script, ["Arguments"] = _arguments, ["Values"] = _values }, Depth);

    /// <summary>Makes it what a PowerShell runs, in a scope of its own.</summary>
    internal void AddTo(PowerShell shell)
    {
        shell.AddScript(_script, useLocalScope: true);
        foreach (object? argument in _arguments)
        {
            shell.AddArgument(argument);
        }

        if (_values.Count > 0)
        {
            shell.AddParameter(UsingParameter, _values);
        }
    }

    // Two levels for the table itself, one for what is in it: as deep as remoting goes.
    private const int Depth = 3;

    private static string KeyOf(UsingExpressionAst expression) =>
        System.Convert.ToBase64String(Encoding.Unicode.GetBytes(expression.ToString().ToLowerInvariant()));
}
