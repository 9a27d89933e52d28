using System;
using System.Collections.Generic;
using System.Threading;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Start;

/// <summary>A child that waits, as the action of a gate sees it.</summary>
internal sealed class SpawnGate(int process, Func<SpawnResult, byte[]> readResult, Stack<Action> undo, CancellationToken cancellation)
{
    private readonly int _process = process;
    private readonly Func<SpawnResult, byte[]> _readResult = readResult;
    private readonly Stack<Action> _undo = undo;
    private int _processId;

    /// <summary>The waiting process, as /proc counts. Asked for only where it is needed, for /proc may be another's.</summary>
    internal int ProcessId => _processId != 0 ? _processId : _processId = PidDescriptor.ReadProcessId(_process);

    /// <summary>The uid the child was seen with at the gate, as the session sees it; null where nobody looked.</summary>
    internal uint? UserId { get; set; }

    /// <summary>The caller wants the start given up.</summary>
    internal CancellationToken Cancellation { get; } = cancellation;

    /// <summary>What the child has left for the session so far.</summary>
    internal byte[] ReadResult(SpawnResult result) => _readResult(result);

    /// <summary>What is to be taken back should the start fail after all.</summary>
    internal void OnFailure(Action undo) => _undo.Push(undo);
}
