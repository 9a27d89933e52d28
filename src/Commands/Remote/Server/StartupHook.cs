using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Text;
using LinuxNamespaces.Commands.Remote.Server;

/// <summary>
/// What .NET runs first in a process whose variable DOTNET_STARTUP_HOOKS names this assembly: in the PowerShell inside, which becomes a
/// server of script blocks before it would become a console. In any other process nothing.
/// </summary>
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "The runtime looks for this very name.")]
internal static class StartupHook
{
    /// <summary>Holds, encoded, what is to become of variables that were set for the start alone.</summary>
    internal const string Variable = "LINUXNAMESPACES_SERVER";

    /// <summary>Called by the runtime.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Variable) is string variables)
        {
            Environment.Exit(CommandServer.Run(Decode(variables)));
        }
    }

    /// <summary>As one value: each in base64, because values may have any character but NUL.</summary>
    internal static string Encode(IEnumerable<string> variables) => string.Join(' ', variables.Select(variable => Convert.ToBase64String(Encoding.UTF8.GetBytes(variable))));

    /// <summary>What <see cref="Encode"/> was given, without what is empty.</summary>
    internal static string[] Decode(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(variable => Encoding.UTF8.GetString(Convert.FromBase64String(variable)))];
}
