using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Remote.Client;
using LinuxNamespaces.Operations.Enter;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>How the session's PowerShell is started where a join leads.</summary>
/// <param name="Program">The program, as it is found there.</param>
/// <param name="View">The private copy of the target's mounts that it was brought into; null where it was not.</param>
internal sealed record PowerShellPlace(PowerShellProgram Program, HostView? View)
{
    /// <summary>Variables that serve the start alone, NAME=VALUE.</summary>
    internal IReadOnlyList<string> StartEnvironment => View is null ? [] : HostView.StartEnvironment;

    /// <summary>Brings PowerShell into the target, or takes out of the join what PowerShell cannot follow to.</summary>
    /// <exception cref="NamespaceException">InvalidRequest, PowerShellNotFound.</exception>
    internal static PowerShellPlace Prepare(InsideCommand command, TargetJoin join, PowerShellProgram program)
    {
        if (join.RootDirectory is not null)
        {
            throw new NamespaceException(ErrorIds.InvalidRequest, "A script block cannot run below another root, where there is no PowerShell.", "Run a program with -FilePath.");
        }

        if (!join.Joins(NamespaceType.Mnt) || IsThere(join, program))
        {
            return new PowerShellPlace(program, null);
        }

        if (TryBring(command, join, program) is PowerShellPlace brought)
        {
            return brought;
        }

        if (command.Type?.Contains(NamespaceType.Mnt) == true)
        {
            throw new NamespaceException(
                ErrorIds.PowerShellNotFound, $"In the mount namespace of {join.Label} there is no {program.Path}, which is to run the script block.", "Leave Mnt out of -Type, or run a program with -FilePath.");
        }

        join.Remove(NamespaceType.Mnt);
        string processes = join.Joins(NamespaceType.Pid) ? ", /proc included: Get-Process and ps do not show the processes of the target" : string.Empty;
        string advice = command.NoHostPowerShell ? "Omit -NoHostPowerShell to bring PowerShell along." : "Use -Verbose to see why PowerShell could not be brought along.";
        command.WriteWarning($"The mount namespace of {join.Label} was not joined, because PowerShell is not installed there. The script sees the files of the session{processes}. {advice}");
        return new PowerShellPlace(program, null);
    }

    /// <summary>Brings PowerShell into the target; null, with the reason for -Verbose, where that is not possible or not wanted.</summary>
    internal static PowerShellPlace? TryBring(InsideCommand command, TargetJoin join, PowerShellProgram program)
    {
        if (command.NoHostPowerShell || join.RootDirectory is not null || !join.Joins(NamespaceType.Mnt))
        {
            return null;
        }

        try
        {
            string home = LanguagePrimitives.ConvertTo<string>(command.SessionState.PSVariable.GetValue("PSHOME"));
            string[] modules = (Environment.GetEnvironmentVariable("PSModulePath") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries);
            HostView view = HostView.Create(join, program.Path, home, [.. modules.Select(Path.TrimEndingDirectorySeparator)], FindLoaded(command));
            return new PowerShellPlace(new PowerShellProgram(view.Map(program.Path), [.. program.Arguments.Select(view.Map)]), view);
        }
        catch (NamespaceException exception) when (exception.ErrorId == ErrorIds.HostPowerShellRefused)
        {
            command.WriteVerbose($"{exception.Message} {exception.Remedy}");
            return null;
        }
    }

    /// <summary>Adds to a request what PowerShell needs to find its own files.</summary>
    internal SpawnRequest ApplyTo(SpawnRequest request) => View is null ? request : request with { Environment = request.Environment.With(View.Environment) };

    /// <summary>Whether PowerShell would have to be brought to where the join leads.</summary>
    internal static bool IsMissing(InsideCommand command, TargetJoin join, PowerShellProgram program) =>
        !command.NoHostPowerShell && join.RootDirectory is null && join.Joins(NamespaceType.Mnt) && !IsThere(join, program);

    /// <summary>Finds the folders of the modules that are loaded here, by name: a module imported by its path is found by its name inside.</summary>
    internal static Dictionary<string, string> FindLoaded(InsideCommand command)
    {
        Dictionary<string, string> loaded = [];
        foreach (PSObject item in command.InvokeCommand.InvokeScript("Microsoft.PowerShell.Core\\Get-Module"))
        {
            // A folder of its own, not one that a single file happens to lie in.
            if (item.BaseObject is PSModuleInfo { ModuleBase: string folder } module && File.Exists(Path.Combine(folder, module.Name + ".psd1")))
            {
                loaded.TryAdd(module.Name, Path.TrimEndingDirectorySeparator(folder));
            }
        }

        return loaded;
    }

    // Only the session's own PowerShell is trusted to be one: a target's file of that name is another matter.
    private static bool IsThere(TargetJoin join, PowerShellProgram program)
    {
        using InsideRoot? root = InsideRoot.TryOpen(join);
        return root?.HasSame(program.Path) == true;
    }
}
