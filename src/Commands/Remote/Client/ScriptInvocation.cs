using System;
using System.Collections.Generic;
using LinuxNamespaces.Commands.Remote.Wire;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>A script block in a PowerShell inside: in one that is kept from before, or in a new one.</summary>
internal sealed class ScriptInvocation(string label, SpawnRequest start, TargetJoin? join, PowerShellProgram program, string request) : Invocation(label)
{
    private readonly object _lock = new();
    private readonly SpawnRequest _start = start;
    private readonly TargetJoin? _join = join;
    private readonly PowerShellProgram _program = program;
    private readonly string _request = request;
    private InnerPowerShell? _shell;
    private bool _isStopped;

    /// <summary>Under what the PowerShell is kept afterwards; null ends it.</summary>
    internal string? PoolKey { get; init; }

    /// <summary>Variables that serve the start alone.</summary>
    internal IReadOnlyList<string> StartEnvironment { get; init; } = [];

    /// <summary>One that was kept from before, and taken already.</summary>
    internal InnerPowerShell? Kept { get; set; }

    /// <summary>How long it is kept.</summary>
    internal TimeSpan Idle { get; init; }

    internal override void Run(Action<StreamItem> emit)
    {
        InnerPowerShell shell = Take() ?? (PoolKey is null ? null : InnerPowerShellPool.TryTake(PoolKey)) ?? InnerPowerShell.Start(_start, _program, StartEnvironment);
        lock (_lock)
        {
            _shell = shell;
            if (_isStopped)
            {
                shell.Kill();
            }
        }

        try
        {
            string exitCode = shell.Run(_request, (kind, text) => emit(StreamItem.Record(Label, kind, text)));

            // None where it ran no program.
            if (StreamRecord.Unwrap(StreamRecord.ToObject(exitCode)) is int code)
            {
                emit(StreamItem.ExitCode(Label, code));
            }
        }
        finally
        {
            lock (_lock)
            {
                _shell = null;
            }

            if (PoolKey is null)
            {
                shell.Dispose();
            }
            else
            {
                InnerPowerShellPool.Return(PoolKey, shell, Idle);
            }
        }
    }

    internal override void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _shell?.Stop();
        }
    }

    internal override void Kill()
    {
        lock (_lock)
        {
            _isStopped = true;
            _shell?.Kill();
        }
    }

    public override void Dispose()
    {
        Take()?.Dispose();
        _join?.Dispose();
    }

    private InnerPowerShell? Take()
    {
        InnerPowerShell? kept = Kept;
        Kept = null;
        return kept;
    }
}
