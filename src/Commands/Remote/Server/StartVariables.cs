using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using LinuxNamespaces.Operations.Enter;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Commands.Remote.Server;

/// <summary>
/// Variables that serve the start of a PowerShell inside alone: set for it by the session, and as they were given when its first script runs.
/// </summary>
internal static class StartVariables
{
    private static readonly string[] s_common = [.. HostProgram.DiscreetEnvironment, "DOTNET_TieredPGO=0"];

    /// <summary>An environment for the start.</summary>
    /// <param name="environment">As scripts are to find it.</param>
    /// <param name="marker">The variable that holds, encoded, how that is brought about.</param>
    /// <param name="module">The descriptor the module's assembly comes by: its file need not be in sight, or in reach, where the child is.</param>
    /// <param name="more">Further variables, NAME=VALUE.</param>
    internal static EnvironmentBlock Add(EnvironmentBlock environment, string marker, int module, IEnumerable<string> more)
    {
        string[] variables = [$"DOTNET_STARTUP_HOOKS=/proc/self/fd/{module}", .. s_common, .. more];
        HashSet<string> names = [.. variables.Select(EnvironmentBlock.NameOf)];
        ILookup<bool, string> given = environment.ToLookup(entry => names.Contains(EnvironmentBlock.NameOf(entry)));

        // Variables as they were given, and the names of those that were not.
        string restored = Encode([.. names.Except(given[true].Select(EnvironmentBlock.NameOf)), .. given[true], marker]);
        return [.. given[false], .. variables, $"{marker}={restored}"];
    }

    /// <summary>In the child: takes the variables of the start away.</summary>
    /// <param name="variables">NAME to remove, NAME=VALUE to set.</param>
    internal static void Restore(IEnumerable<string> variables)
    {
        foreach (string variable in variables)
        {
            int equals = variable.IndexOf('=');
            Environment.SetEnvironmentVariable(equals < 0 ? variable : variable[..equals], equals < 0 ? null : variable[(equals + 1)..]);
        }
    }

    /// <summary>As one value: each in base64, because values may have any character but NUL.</summary>
    internal static string Encode(IEnumerable<string> variables) => string.Join(' ', variables.Select(variable => Convert.ToBase64String(Encoding.UTF8.GetBytes(variable))));

    /// <summary>Returns what <see cref="Encode"/> was given, without empty entries.</summary>
    internal static string[] Decode(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(variable => Encoding.UTF8.GetString(Convert.FromBase64String(variable)))];
}
