using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using LinuxNamespaces.Kernel.ControlGroups;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Life;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>A child that waits, as the action of a gate sees it.</summary>
internal sealed class SpawnGate(
    int process,
    Func<SpawnResult, byte[]> readResult,
    Func<string, IReadOnlyList<string>, SafeHandle, SafeHandle?, ChildProcess> startHelper,
    UndoStack undo,
    CancellationToken cancellation)
{
    private readonly int _process = process;
    private readonly Func<SpawnResult, byte[]> _readResult = readResult;
    private readonly Func<string, IReadOnlyList<string>, SafeHandle, SafeHandle?, ChildProcess> _startHelper = startHelper;
    private readonly UndoStack _undo = undo;
    private int _processId;

    /// <summary>The waiting process, as /proc counts. Asked for only where it is needed, for /proc may be another's.</summary>
    internal int ProcessId => _processId != 0 ? _processId : _processId = PidDescriptor.ReadProcessId(_process);

    /// <summary>The uid the child was seen with at the gate, as the session sees it; null where nobody looked.</summary>
    internal uint? UserId { get; set; }

    /// <summary>The pidfd of the waiting process.</summary>
    internal int Process => _process;

    /// <summary>The guard that signals the program when the session ends; null for none.</summary>
    internal IDisposable? Guard { get; set; }

    /// <summary>The caller wants the start given up.</summary>
    internal CancellationToken Cancellation { get; } = cancellation;

    /// <summary>The results that the child has left for the session so far.</summary>
    internal byte[] ReadResult(SpawnResult result) => _readResult(result);

    /// <summary>The control group of the child, disposed of with it; null for none.</summary>
    internal ControlGroup? Group { get; set; }

    /// <summary>
    /// Starts a program of the session's that does something to the child. It is looked for in PATH alone, and writes to one pipe. With an input it
    /// is to last, and has a process group of its own.
    /// </summary>
    internal ChildProcess StartHelper(string program, IReadOnlyList<string> arguments, SafeHandle output, SafeHandle? input = null) =>
        _startHelper(program, arguments, output, input);

    /// <summary>The steps to undo if the start fails later.</summary>
    internal void OnFailure(Action undo) => _undo.Push(undo);
}
