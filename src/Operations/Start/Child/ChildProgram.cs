using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>
/// A plan as something a process can run without managed code: libc calls, in a <see cref="ContextChain"/> that clone(setcontext) starts.
/// The only branch there is: after a step that can fail, errno is copied into the
/// step's cell, and lfind(exit, cell, count = that cell, setcontext) calls setcontext(exit) if the count, that is errno, is
/// not 0. So nothing that could do harm runs after a failed step, and the session finds the errno in the cell. The child uses the errno of the thread
/// that calls clone. CLONE_VFORK suspends that thread until the child has exited or runs its program.
/// </summary>
internal sealed unsafe class ChildProgram
{
    /// <summary>Room for a link like time_for_children:[4026531834].</summary>
    internal const int LinkSize = 64;

    /// <summary>Room for any path: PATH_MAX of the kernel, the NUL included.</summary>
    internal const int PathSize = 4096;

    private const int CloneStackSize = 1024;

    private readonly ChildMemory _memory;
    private readonly ChildPlan _plan;
    private readonly IReadOnlyList<int> _descriptors;
    private readonly ContextChain _chain;
    private readonly List<(ChildStep? Step, nint Cell)> _checks = [];
    private readonly byte*[] _results = new byte*[(int)SpawnResult.Count];
    private readonly nint _errno;
    private readonly int* _ownProcessId;
    private readonly int* _secondProcessId;
    private readonly int* _process;
    private readonly int* _reapedProcessId;
    private readonly int* _isPrepared;
    private bool _isErrnoStale = true;
    private bool _isCheckDue;
    private int _gates;

    private ChildProgram(ChildPlan plan, IReadOnlyList<int> descriptors, ChildMemory memory)
    {
        _plan = plan;
        _descriptors = descriptors;
        _memory = memory;
        _errno = (nint)LibC.__errno_location();
        _ownProcessId = (int*)memory.Allocate(6 * sizeof(int));
        _secondProcessId = _ownProcessId + 1;
        _process = _ownProcessId + 3;
        *_process = -1;
        _isPrepared = _ownProcessId + 4;
        _reapedProcessId = _ownProcessId + 5;
        _chain = new ContextChain(memory, ChildProgramSize.Calls(plan));
    }

    /// <summary>Whether this libc has what a child is made of; musl has not.</summary>
    internal static bool IsSupported => LibCExports.makecontext != 0 && SystemCallNumber.setresuid != 0;

    /// <summary>The pidfd of the child, from before its first step on; -1 without one. The new owner closes it.</summary>
    internal int Process => *_process;

    /// <summary>Whether it has come to its program: who is killed before never does.</summary>
    internal bool IsPrepared => *_isPrepared != 0;

    /// <summary>The process a second clone made, as the session sees it; 0 without one.</summary>
    internal int SecondProcessId => _secondProcessId[0];

    /// <summary>Its number in its own pid namespace.</summary>
    internal int SecondProcessInnerId => _secondProcessId[1];

    /// <summary>Lays the program out. On the thread that will call clone, with all signals blocked.</summary>
    internal static ChildProgram Compile(ChildPlan plan, IReadOnlyList<int> descriptors, ChildMemory memory)
    {
        ChildProgram program = new(plan, descriptors, memory);
        program.Lower();
        return program;
    }

    /// <summary>
    /// Makes the child and returns its number when it runs its program or has ended: then the number may be another's already. -1 with errno
    /// where there is none.
    /// </summary>
    internal int Run()
    {
        int flags = LibC.SIGCHLD | (_plan.StaysAsReaper ? 0 : LibC.CLONE_VFORK) | LibC.CLONE_PIDFD | LibC.CLONE_CHILD_SETTID
            | (_plan.HasPrivateMemory ? 0 : LibC.CLONE_VM) | (_plan.SharesDescriptors ? LibC.CLONE_FILES : 0);
        foreach (NamespaceType type in _plan.CloneTypes)
        {
            flags |= type.CloneFlag();
        }

        byte* stack = _memory.AllocateStack(CloneStackSize);
        int result = LibC.clone(LibCExports.setcontext, stack + CloneStackSize, flags, _chain.Start, _process, null, _ownProcessId);
        if (result < 0)
        {
            // Written also by a clone that fails in the end.
            *_process = -1;
        }

        return result;
    }

    /// <summary>Returns the step that failed; false where all succeeded. A null step is the program itself.</summary>
    internal bool TryGetFailure(out ChildStep? step, out int errno)
    {
        step = null;
        errno = 0;

        // Programs are tried in turn: where the last cell is empty one of them runs, or none was come to.
        bool noneRuns = *(int*)_checks[^1].Cell != 0;
        foreach ((ChildStep? checkedStep, nint cell) in _checks)
        {
            // A second process leaves its errno to the first, whose clone then looks failed too.
            bool isMade = (checkedStep?.Kind == ChildStepKind.Clone && SecondProcessId != 0) || (checkedStep?.Kind == ChildStepKind.Reap && *_reapedProcessId != 0);
            int value = isMade ? 0 : *(int*)cell;
            bool isProgram = checkedStep is null;

            // The first step that failed. As in a shell, a program that exists and may not be run says more than those that do not exist.
            if (value != 0 && (isProgram ? noneRuns && errno is 0 or LibC.ENOENT or LibC.ENOTDIR : errno == 0))
            {
                step = checkedStep;
                errno = value;
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

    private void Lower()
    {
        nint action = (nint)_memory.Allocate(SignalDispositions.ActionSize);
        foreach (int signal in SignalDispositions.ReadChanged())
        {
            _chain.Add(LibCExports.sigaction, signal, action, 0);
        }

        foreach (ChildStep step in _plan.Steps)
        {
            Lower(step);
        }

        LowerProgram();
        _chain.End();
    }

    private void Lower(ChildStep step)
    {
        switch (step.Kind)
        {
            case ChildStepKind.Gate:
                CheckNow();
                LowerGate();
                break;
            case ChildStepKind.Clone:
                LowerClone(step);
                break;
            case ChildStepKind.Reap:
                LowerReaper(step);
                break;
            case ChildStepKind.Call when step.MayFail:
                CheckNow();
                LowerCall(step);
                _isErrnoStale = true;
                break;
            default:
                ClearErrno();
                LowerCall(step);
                CopyErrno(step);
                _isCheckDue = true;
                if (!step.IsCheckedLater)
                {
                    CheckNow();
                }

                break;
        }
    }

    private void LowerCall(ChildStep step)
    {
        ReadOnlySpan<StepArgument> arguments = step.Arguments;
        if (arguments.Length == 3 && arguments[1].Kind == StepArgumentKind.ProcessId)
        {
            _chain.AddLate(step.Function, (nint)_ownProcessId, Resolve(arguments[0]), 0, Resolve(arguments[2]));
            return;
        }

        Span<nint> values = stackalloc nint[arguments.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Resolve(arguments[i]);
        }

        _chain.Add(step.Function, values);
    }

    // The cell holds 1 until the session writes a 0 into the pipe; where the session has died the pipe ends, and the 1 stays.
    private void LowerGate()
    {
        nint number = (nint)_memory.Allocate(sizeof(long));
        *(long*)number = _gates++;
        nint closed = (nint)_memory.Allocate(sizeof(long));
        *(long*)closed = 1;
        _chain.Add(LibCExports.write, _descriptors[(int)SpawnDescriptor.GateReached], number, sizeof(long));
        _chain.Add(LibCExports.read, _descriptors[(int)SpawnDescriptor.GateOpened], closed, sizeof(long));
        ExitUnlessZero(closed);
    }

    private void LowerClone(ChildStep step)
    {
        const int Flags = LibC.SIGCHLD | LibC.CLONE_VFORK | LibC.CLONE_PARENT | LibC.CLONE_PARENT_SETTID | LibC.CLONE_CHILD_SETTID;
        nint stack = (nint)_memory.AllocateStack(CloneStackSize) + CloneStackSize;

        CheckNow();
        ClearErrno();

        // This call, its check, then the first process's way out; the second begins after that.
        int second = _chain.Count + 4;
        _chain.BeginSecond(second);
        _chain.Add(LibCExports.clone, LibCExports.setcontext, stack, Flags | step.CloneFlags, (nint)_chain.At(second), (nint)_secondProcessId, 0, (nint)(_secondProcessId + 1));
        ExitUnlessZero(CopyErrno(step));
        _chain.Add(LibCExports.setcontext, _chain.Exit);
    }

    // The program has the reaper's memory until it runs, so that what went wrong is in the cells before the reaper says that it is done.
    private void LowerReaper(ChildStep step)
    {
        const int Flags = LibC.SIGCHLD | LibC.CLONE_VFORK | LibC.CLONE_VM | LibC.CLONE_PARENT_SETTID;
        nint stack = (nint)_memory.AllocateStack(CloneStackSize) + CloneStackSize;
        CheckNow();
        foreach ((nint start, nint length) in ForeignMemory.Find(_memory.Range.Start, _memory.Range.End))
        {
            _chain.Add(LibCExports.munmap, start, length);
        }

        _isErrnoStale = true;
        ClearErrno();
        int second = _chain.Count + 2 + ReaperLoop.Calls;
        _chain.BeginSecond(second);
        _chain.Add(LibCExports.clone, LibCExports.setcontext, stack, Flags, (nint)_chain.At(second), (nint)_reapedProcessId, 0, 0);
        CopyErrno(step);
        ReaperLoop.AddTo(_chain, _memory, _descriptors[(int)SpawnDescriptor.GateReached]);
        if (_chain.Count != second)
        {
            throw new InvalidOperationException($"A reaper has {_chain.Count - second} calls more than it should.");
        }

        _isErrnoStale = true;
    }

    private void LowerProgram()
    {
        nint arguments = CopyArguments();
        nint environment = CopyEnvironment();
        CheckNow();
        ClearErrno();
        _chain.Add(LibCExports.memset, (nint)_isPrepared, 1, 1);
        foreach (string program in _plan.Programs)
        {
            _chain.AddOpen(LibCExports.execve, (nint)_memory.Copy(program), arguments, environment);
            CopyErrno(null);
        }
    }

    private nint CopyArguments()
    {
        int count = _plan.Arguments.Count;
        nint* array = (nint*)_memory.Allocate((count + 1) * (long)sizeof(nint));
        for (int i = 0; i < count; i++)
        {
            array[i] = (nint)_memory.Copy(_plan.Arguments[i]);
        }

        return (nint)array;
    }

    private nint CopyEnvironment()
    {
        EnvironmentBlock block = _plan.Environment;
        nint* array = (nint*)_memory.Allocate((block.Count + 1) * (long)sizeof(nint));
        byte* next = _memory.Copy(block.Bytes);
        for (int i = 0; i < block.Count; i++)
        {
            array[i] = (nint)next;
            next += MemoryMarshal.CreateReadOnlySpanFromNullTerminated(next).Length + 1;
        }

        return (nint)array;
    }

    private nint Resolve(in StepArgument argument) => argument.Kind switch
    {
        StepArgumentKind.Text => (nint)_memory.Copy((string)argument.Value!),
        StepArgumentKind.Bytes => (nint)_memory.Copy((byte[])argument.Value!),
        StepArgumentKind.Filter => (nint)_memory.CopyFilter((byte[])argument.Value!),
        StepArgumentKind.Descriptor => _descriptors[(int)argument.Number],
        StepArgumentKind.JoinedNamespace => ((NamespaceHandle)argument.Value!).Descriptor,
        StepArgumentKind.Result => (nint)AllocateResult((SpawnResult)argument.Number),
        StepArgumentKind.Handle => ((SafeHandle)argument.Value!).DangerousGetHandle(),
        StepArgumentKind.ProcessId => throw new InvalidOperationException("Only a second argument of three can be passed on."),
        _ => argument.Number,
    };

    private byte* AllocateResult(SpawnResult result) => _results[(int)result] = _memory.Allocate(result switch
    {
        SpawnResult.WorkingDirectory => PathSize,
        < SpawnResult.NamespaceStatus => LinkSize,
        _ => sizeof(LibC.statx_t),
    });

    // An optional step, or a call before the child, may have left a value that is not the next step's.
    private void ClearErrno()
    {
        if (_isErrnoStale)
        {
            _chain.Add(LibCExports.memset, _errno, 0, sizeof(int));
            _isErrnoStale = false;
        }
    }

    // errno stays what it is until it is cleared, so the last cell covers all steps since the last check.
    private void CheckNow()
    {
        if (_isCheckDue)
        {
            ExitUnlessZero(_checks[^1].Cell);
            _isCheckDue = false;
        }
    }

    private nint CopyErrno(ChildStep? step)
    {
        nint cell = (nint)_memory.Allocate(sizeof(long));
        _chain.Add(LibCExports.memcpy, cell, _errno, sizeof(int));
        _checks.Add((step, cell));
        return cell;
    }

    private void ExitUnlessZero(nint cell) => _chain.Add(LibCExports.lfind, _chain.Exit, cell, cell, 1, LibCExports.setcontext);
}
