using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Remote.Client;
using LinuxNamespaces.Commands.Remote.Wire;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Files;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Makes of what was typed at Invoke-NamespaceCommand what is to be run in one place.</summary>
internal sealed class InvocationBuilder(InvokeNamespaceCommandCommand command)
{
    private readonly InvokeNamespaceCommandCommand _command = command;
    private PowerShellProgram? _powerShell;

    /// <summary>A value of -Path: always a path, also without a slash.</summary>
    internal sealed record NamedPath(string Text)
    {
        public override string ToString() => Text;
    }

    /// <summary>Whatever a user may mean by a target.</summary>
    internal NamespaceTarget ToTarget(object? item)
    {
        if (item is NamedPath path)
        {
            return new NamespaceTarget(_command.ResolveTarget(path.Text));
        }

        // Resolved at once, so that nothing need be remembered of the process.
        if (item is int processId)
        {
            return NamespaceTarget.OfNumber(processId);
        }

        // No engine is needed: a relative path was resolved, or is not one of the forms piped in.
        object? value = new NamespaceTargetTransformAttribute().Transform(null!, item is string text && text.Contains('/') ? _command.Resolve(text) : item);
        return value is null
            ? throw new NamespaceException(ErrorIds.TargetNotFound, "No target was given.", "Name one with -ProcessId, -Name or -Path, pipe one in, or make fresh namespaces with -New.")
            : LanguagePrimitives.TryConvertTo(value, out NamespaceTarget target) ? target
            : throw new NamespaceException(
                ErrorIds.TargetNotFound,
                $"'{SafeText.Escape($"{item}")}' does not say which namespaces are meant.",
                "Give a PID, a process, a namespace, a name, a path or a container.");
    }

    /// <summary>The error of a target that was piped in although it was said otherwise where to go.</summary>
    internal static ErrorRecord PipedBeside(string? newParameter, object? item) => ErrorRecords.Create(
        ErrorIds.InvalidRequest,
        $"A target was piped in beside -{newParameter ?? "ProcessId, -Name or -Path"}: '{item}'. It is not taken for input, and nothing was run for it.",
        newParameter is not null
            ? "New-NamespaceProcess -Join joins a target and makes new namespaces with it. A script block gets objects by $using: or -ArgumentList."
            : "Give all targets by the pipeline, or all by parameters. A script block gets objects by $using: or -ArgumentList.",
        item);

    /// <summary>In an existing place. Belongs to the invocation: the target.</summary>
    internal Invocation Build(TargetJoin join, InputFeed? feed, IReadOnlyList<object?> input)
    {
        if (_command.ScriptBlock is null)
        {
            SpawnRequest start = AddNetView(join, _command.BuildRequest(join));
            return new ProgramInvocation(join.Label, AddProgram(start, join.KeepsFiles), join, feed) { AsBytes = _command.AsByteStream };
        }

        PowerShellProgram program = FindPowerShell();
        string? viewKey = PowerShellPlace.IsMissing(_command, join, program) ? string.Join('|', ["host", KeyOf(join, _command.BuildRequest(join)), .. PowerShellPlace.FindLoaded(_command).Values]) : null;
        InnerPowerShell? kept = viewKey is null ? null : InnerPowerShellPool.TryTake(viewKey);
        PowerShellPlace place = kept is null ? PowerShellPlace.Prepare(_command, join, program) : new PowerShellPlace(program, null);
        SpawnRequest request = place.ApplyTo(_command.BuildRequest(join));
        string location = _command.WorkingDirectory ?? (join.KeepsFiles ? request.InitialDirectory : null) ?? string.Empty;
        return new ScriptInvocation(join.Label, request, join, place.Program, BuildScript(input, location))
        {
            PoolKey = viewKey is not null && (kept ?? (object?)place.View) is not null ? viewKey : KeyOf(join, request),
            Kept = kept,
            StartEnvironment = place.StartEnvironment,
            Idle = TimeSpan.FromSeconds(_command.IdleTimeoutSec),
        };
    }

    private static string KeyOf(TargetJoin join, SpawnRequest request) => string.Join('|', [join.Key, .. request.Environment]);

    /// <summary>In fresh namespaces.</summary>
    internal Invocation BuildNew(InputFeed? feed, IReadOnlyList<object?> input)
    {
        FreshNamespaces fresh = new(_command.New, _command.MountProc, _command.MapRootUser, _command.HostName, _command.LoopbackUp);
        SpawnRequest start = fresh.ApplyTo(_command.BuildRequest(null));
        string label = fresh.Label;
        return _command.ScriptBlock is null
            ? new ProgramInvocation(label, AddProgram(start, keepsFiles: true), null, feed) { AsBytes = _command.AsByteStream }
            : new ScriptInvocation(label, start, null, FindPowerShell(), BuildScript(input, string.Empty));
    }

    private SpawnRequest AddProgram(SpawnRequest start, bool keepsFiles) => start with
    {
        Program = _command.ResolveProgram(_command.FilePath, keepsFiles),
        Arguments = ProgramArguments.From(_command.ArgumentList),
    };

    // As ip-netns(8) does for a name, in a mount namespace of the program's own.
    private SpawnRequest AddNetView(TargetJoin join, SpawnRequest start)
    {
        if ((_command.Name.Length == 0 && !_command.HasTargetWord) || NetNamespacePath.NameOf(join.Label) is not string name || join.Namespaces.Count == 0 || ProcessCredentials.UserId != 0)
        {
            return start;
        }

        NetNamespaceView view = NetNamespaceView.Read(name);
        foreach (string skipped in view.Skipped)
        {
            _command.WriteWarning($"{SafeText.Escape(skipped)} was skipped: the file that it would cover does not exist.");
        }

        return start with { Types = [NamespaceType.Mnt], Propagation = MountPropagation.Slave, NetView = view };
    }

    private PowerShellProgram FindPowerShell() => _powerShell ??= PowerShellProgram.Find(_command.SessionState);

    private string BuildScript(IReadOnlyList<object?> input, string location)
    {
        Hashtable preferences = [];
        foreach (string parameter in new[] { "Verbose", "Debug", "Information" })
        {
            string variable = parameter + "Preference";
            if (LanguagePrimitives.TryConvertTo(_command.SessionState.PSVariable.GetValue(variable), out ActionPreference preference) && preference != ActionPreference.SilentlyContinue)
            {
                preferences[variable] = preference.ToString();
            }

            if (_command.MyInvocation.BoundParameters.TryGetValue(parameter, out object? value) && value is SwitchParameter { IsPresent: true })
            {
                preferences[variable] = nameof(ActionPreference.Continue);
            }
        }

        return CommandRequest.Create(
            _command.ScriptBlock!, _command.ArgumentList, _command.MyInvocation.ExpectingInput && input.Count > 0 ? input : null, _command.SessionState, preferences, location.Length == 0 ? null : location).Serialize();
    }
}
