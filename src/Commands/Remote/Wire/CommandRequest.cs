using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Text;

namespace LinuxNamespaces.Commands.Remote.Wire;

/// <summary>A script block with its arguments, its input and the values its $using: expressions stand for.</summary>
internal sealed class CommandRequest
{
    // Where PowerShell itself hands the values over: see the engine's own jobs.
    private const string UsingParameter = "--%";

    // Two levels for the table itself, one for what is in it: as deep as remoting goes.
    private const int Depth = 3;

    private string _script = string.Empty;
    private object?[] _arguments = [];
    private object?[] _input = [];
    private bool _hasInput;
    private Hashtable _values = [];
    private Hashtable _preferences = [];

    private CommandRequest()
    {
    }

    /// <summary>Where the script block starts, a path inside; null where the PowerShell inside was started.</summary>
    internal string? Location { get; private init; }

    /// <summary>Reads the caller's variables at once: later changes do not count.</summary>
    /// <exception cref="NamespaceException">A $using: expression is not a variable.</exception>
    internal static CommandRequest Create(
        ScriptBlock script, IEnumerable<object?> arguments, IEnumerable<object?>? input, SessionState caller, Hashtable preferences, string? location)
    {
        Hashtable values = [];
        foreach (UsingExpressionAst expression in script.Ast.FindAll(ast => ast is UsingExpressionAst, searchNestedScriptBlocks: true).Cast<UsingExpressionAst>())
        {
            values[KeyOf(expression)] = Evaluate(expression, caller);
        }

        return new CommandRequest
        {
            _script = script.ToString(),
            _arguments = [.. arguments],
            _input = [.. input ?? []],
            _hasInput = input is not null,
            _values = values,
            _preferences = preferences,
            Location = location,
        };
    }

    internal static CommandRequest Deserialize(string text)
    {
        Hashtable parts = (Hashtable)StreamRecord.Unwrap(PSSerializer.Deserialize(text))!;
        return new CommandRequest
        {
            _script = (string)StreamRecord.Unwrap(parts["Script"])!,
            _arguments = ToArray(parts["Arguments"]),
            _input = ToArray(parts["Input"]),
            _hasInput = parts["HasInput"] is true,
            _values = (Hashtable)StreamRecord.Unwrap(parts["Values"])!,
            _preferences = (Hashtable)StreamRecord.Unwrap(parts["Preferences"])!,
            Location = StreamRecord.Unwrap(parts["Location"]) as string,
        };
    }

    internal string Serialize() => PSSerializer.Serialize(
        new Hashtable
        {
            ["Script"] = _script,
            ["Arguments"] = _arguments,
            ["Input"] = _input,
            ["HasInput"] = _hasInput,
            ["Values"] = _values,
            ["Preferences"] = _preferences,
            ["Location"] = Location,
        },
        Depth);

    /// <summary>Makes it what a PowerShell runs, in a scope of its own.</summary>
    internal void AddTo(PowerShell shell, SessionStateProxy session)
    {
        foreach (DictionaryEntry preference in _preferences)
        {
            session.SetVariable((string)preference.Key, preference.Value);
        }

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

    /// <summary>The value of $input in the script block; null where it was not given any.</summary>
    internal IEnumerable? Input => _hasInput ? _input : null;

    private static object?[] ToArray(object? value) => [.. ((IEnumerable)StreamRecord.Unwrap(value)!).Cast<object?>()];

    // $using:name, $using:env:NAME, and properties or elements of these; nothing is called.
    private static object? Evaluate(UsingExpressionAst expression, SessionState caller)
    {
        const string Prefix = "$using:";
        if (expression.SubExpression is VariableExpressionAst { VariablePath.IsVariable: true } variable)
        {
            return caller.PSVariable.GetValue(variable.VariablePath.UserPath);
        }

        string text = expression.Extent.Text;
        if (!text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            || expression.SubExpression.Find(ast => ast is InvokeMemberExpressionAst or ScriptBlockExpressionAst or SubExpressionAst, searchNestedScriptBlocks: true) is not null)
        {
            throw new NamespaceException(ErrorIds.UsingNotSupported, $"{text} cannot be taken along.", "Put the value into a variable, and take that along with $using:.");
        }

        return caller.InvokeCommand.InvokeScript(",$" + text[Prefix.Length..]).FirstOrDefault();
    }

    // As the compiler makes it: case counts where an index may be text.
    private static string KeyOf(UsingExpressionAst expression)
    {
        string text = expression.ToString();
        return Convert.ToBase64String(Encoding.Unicode.GetBytes(expression.SubExpression is VariableExpressionAst ? text.ToLowerInvariant() : text));
    }
}
