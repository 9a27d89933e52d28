using System;
using System.Diagnostics.CodeAnalysis;
using LinuxNamespaces.Commands.Remote.Server;

/// <summary>
/// The start-up hook that .NET runs first in a process whose variable DOTNET_STARTUP_HOOKS names this assembly. The PowerShell inside becomes a
/// server of script blocks, or the other end of a PSSession. In any other process the hook does nothing.
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
            Environment.Exit(CommandServer.Run(StartVariables.Decode(variables)));
        }

        if (Environment.GetEnvironmentVariable(SessionHook.Variable) is string ofSession)
        {
            SessionHook.Begin(StartVariables.Decode(ofSession));
        }
    }
}
