using System.Collections.Generic;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Contexts;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>
/// The cells in a child's memory that the session reads: numbers of processes, the errno of each step that can fail, and the results of steps that look
/// at something.
/// </summary>
internal sealed unsafe class ChildReport
{
    private readonly ChildMemory _memory;
    private readonly List<Check> _checks = [];
    private readonly byte*[] _results = new byte*[(int)SpawnResult.Count];

    internal ChildReport(ChildMemory memory)
    {
        _memory = memory;
        ProcessIdCell = (int*)memory.Allocate(6 * sizeof(int));
        *ProcessCell = -1;
    }

    /// <summary>Where the child's number goes.</summary>
    internal int* ProcessIdCell { get; }

    /// <summary>Where the numbers of the process of a second clone go: as the session sees it, then as it sees itself.</summary>
    internal int* SecondCell => ProcessIdCell + 1;

    /// <summary>Where the child's pidfd goes.</summary>
    internal int* ProcessCell => ProcessIdCell + 3;

    /// <summary>A number that is not 0 once the child has come to its program.</summary>
    internal int* PreparedCell => ProcessIdCell + 4;

    /// <summary>Where the number of a reaper's program goes.</summary>
    internal int* ReapedCell => ProcessIdCell + 5;

    /// <summary>The pidfd of the child, from before its first step on; -1 without one. The new owner closes it.</summary>
    internal int Process => *ProcessCell;

    /// <summary>Whether the child has come to its program: one that is killed before never does.</summary>
    internal bool IsPrepared => *PreparedCell != 0;

    /// <summary>The process a second clone made, as the session sees it; 0 without one.</summary>
    internal int SecondProcessId => SecondCell[0];

    /// <summary>Its number in its own pid namespace.</summary>
    internal int SecondProcessInnerId => SecondCell[1];

    /// <summary>The cell of the last step that can fail.</summary>
    internal nint LastCell => _checks[^1].Cell;

    /// <summary>Adds a cell for the errno of a step; null is the program itself. A shared one has that of some steps before it too.</summary>
    internal nint AddCell(ChildStep? step, bool isShared)
    {
        nint cell = (nint)_memory.Allocate(sizeof(long));
        _checks.Add(new Check(step, cell, isShared));
        return cell;
    }

    /// <summary>Makes room for a result.</summary>
    internal byte* AllocateResult(SpawnResult result) => _results[(int)result] = _memory.Allocate(result switch
    {
        SpawnResult.WorkingDirectory => ChildProgram.PathSize,
        < SpawnResult.NamespaceStatus => ChildProgram.LinkSize,
        _ => sizeof(LibC.statx_t),
    });

    /// <summary>Whether a step has failed and it is not known which.</summary>
    internal bool IsVague => TryGetFailure(out _, out _, out bool isShared) && isShared;

    /// <summary>Returns the step that failed; false where all succeeded. A null step is the program itself.</summary>
    internal bool TryGetFailure(out ChildStep? step, out int errno) => TryGetFailure(out step, out errno, out _);

    private bool TryGetFailure(out ChildStep? step, out int errno, out bool isShared)
    {
        step = null;
        errno = 0;
        isShared = false;

        // Programs are tried in turn: where the last cell is empty one of them runs, or none was come to.
        bool noneRuns = *(int*)_checks[^1].Cell != 0;
        foreach ((ChildStep? checkedStep, nint cell, bool isCellShared) in _checks)
        {
            // A second process leaves its errno to the first, whose clone then looks failed too.
            bool isMade = (checkedStep?.Kind == ChildStepKind.Clone && SecondProcessId != 0) || (checkedStep?.Kind == ChildStepKind.Reap && *ReapedCell != 0);
            int value = isMade ? 0 : *(int*)cell;
            bool isProgram = checkedStep is null;

            // The first step that failed. As in a shell, a program that exists and may not be run says more than those that do not exist.
            if (value != 0 && (isProgram ? noneRuns && errno is 0 or LibC.ENOENT or LibC.ENOTDIR : errno == 0))
            {
                step = checkedStep;
                errno = value;
                isShared = isCellShared;
            }
        }

        return errno != 0;
    }

    /// <summary>Reads the text that the child left in one of its cells, without the NUL; empty where it was not asked for one.</summary>
    internal byte[] ReadResult(SpawnResult result) =>
        _results[(int)result] == null ? [] : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(_results[(int)result]).ToArray();

    /// <summary>The inode of the namespace of one type the child is in; 0 where it is the session's.</summary>
    internal ulong ReadInode(NamespaceType type)
    {
        byte* status = _results[(int)SpawnResult.NamespaceStatus + (int)type];
        return status != null ? ((LibC.statx_t*)status)->stx_ino : NamespaceLink.ParseInode(ReadResult(SpawnResult.NamespaceLinks + (int)type));
    }

    private sealed record Check(ChildStep? Step, nint Cell, bool IsShared);
}
