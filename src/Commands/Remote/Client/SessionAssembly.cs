using System;
using System.IO;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>The module's second assembly, for PowerShell 7.6 and newer, loaded when it is first asked for.</summary>
internal static class SessionAssembly
{
    private const string FileName = "LinuxNamespaces.Sessions.dll";
    private const string FactoryName = "LinuxNamespaces.Commands.Sessions.SessionFactory";

    private static readonly Version s_needed = new(7, 6);

    private static ISessionFactory? s_factory;

    /// <summary>Loads it.</summary>
    /// <param name="version">The value of <c>$PSVersionTable.PSVersion</c>.</param>
    /// <param name="moduleBase">The folder of the module, if it is known.</param>
    /// <exception cref="NamespaceException">SessionNotSupported: this PowerShell is too old, or the file is missing.</exception>
    internal static ISessionFactory Load(string? version, string? moduleBase)
    {
        RequireVersion(version);
        if (s_factory is not null)
        {
            return s_factory;
        }

        // Inside of a session the first assembly has come by a descriptor, and lies in no folder.
        string own = Path.Combine(Path.GetDirectoryName(typeof(SessionAssembly).Assembly.Location)!, FileName);
        string path = File.Exists(own) || moduleBase is null ? own : Path.Combine(moduleBase, "bin", FileName);
        if (!File.Exists(path))
        {
            throw new NamespaceException(
                ErrorIds.SessionNotSupported,
                $"'{path}' is missing: it was built with an SDK older than .NET 10, which cannot make it.",
                "Build with the .NET 10 SDK, or install the package. Invoke-NamespaceCommand and Enter-Namespace work without it.");
        }

        Assembly assembly = AssemblyLoadContext.GetLoadContext(typeof(SessionAssembly).Assembly)!.LoadFromAssemblyPath(path);
        return s_factory = (ISessionFactory)Activator.CreateInstance(assembly.GetType(FactoryName, throwOnError: true)!, nonPublic: true)!;
    }

    /// <summary>Refuses a PowerShell without custom transports.</summary>
    internal static void RequireVersion(string? version)
    {
        // A preview counts as what it becomes.
        string[] parts = (version ?? string.Empty).Split('-', '.');
        bool isKnown = parts.Length >= 2 && int.TryParse(parts[0], out _) && int.TryParse(parts[1], out _);
        if (!isKnown || new Version(int.Parse(parts[0], null), int.Parse(parts[1], null)) < s_needed)
        {
            throw new NamespaceException(
                ErrorIds.SessionNotSupported,
                $"A PSSession into namespaces needs PowerShell {s_needed} or newer; this is {version ?? "unknown"}.",
                $"Install PowerShell {s_needed}. Invoke-NamespaceCommand and Enter-Namespace work in this one.");
        }
    }

    /// <summary>The version of a PowerShell, as text.</summary>
    internal static string? VersionOf(SessionState session) =>
        session.PSVariable.GetValue("PSVersionTable") is System.Collections.IDictionary table ? table["PSVersion"]?.ToString() : null;
}
