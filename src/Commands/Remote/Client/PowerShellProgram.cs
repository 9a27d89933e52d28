using System;
using System.IO;
using System.Management.Automation;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>The session's own PowerShell, as something that can be started again.</summary>
/// <param name="Path">The file to execute.</param>
/// <param name="Arguments">The arguments before PowerShell's own.</param>
internal sealed record PowerShellProgram(string Path, string[] Arguments)
{
    /// <summary>Finds the PowerShell of the session that a cmdlet runs in.</summary>
    /// <exception cref="NamespaceException">PowerShellNotFound.</exception>
    internal static PowerShellProgram Find(SessionState session)
    {
        string home = LanguagePrimitives.ConvertTo<string>(session.PSVariable.GetValue("PSHOME"));
        string own = System.IO.Path.Combine(home, "pwsh");
        string library = System.IO.Path.Combine(home, "pwsh.dll");

        // A .NET tool: the pwsh that lies beside the library may not be for everybody to run.
        if (Environment.ProcessPath is string host && System.IO.Path.GetFileName(host) == "dotnet" && File.Exists(library))
        {
            return new PowerShellProgram(host, [library]);
        }

        return File.Exists(own)
            ? new PowerShellProgram(own, [])
            : throw new NamespaceException(ErrorIds.PowerShellNotFound, $"There is neither '{own}' nor '{library}' to start PowerShell from.", "Run a program with -FilePath, or the script block with -InProcess.");
    }
}
