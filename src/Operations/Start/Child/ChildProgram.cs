using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Contexts;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>
/// A plan as something a process can run without managed code: libc calls, in a <see cref="ContextChain"/> that clone(setcontext) starts.
/// The only branch there is: after a step that can fail, errno is copied into the
/// step's cell, and lfind(exit, cell, count = that cell, setcontext) calls setcontext(exit) if the count, that is errno, is
/// not 0 (<see cref="ChildChecks"/>). So nothing that could do harm runs after a failed step, and the session finds the errno in the cell. The child uses the errno of the thread
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
    private readonly ChildChecks _checks;
    private readonly ForkChain? _fork;
    private int _gates;

    private ChildProgram(ChildPlan plan, IReadOnlyList<int> descriptors, ChildMemory memory, bool isBrief)
    {
        _plan = plan;
        _descriptors = descriptors;
        _memory = memory;
        Report = new ChildReport(memory);
        _chain = new ContextChain(memory, ChildProgramSize.Calls(plan));
        _checks = new ChildChecks(_chain, Report, isBrief);
        _fork = plan.NewerFlags == 0 ? null : new ForkChain(memory);
    }

    /// <summary>Whether this libc has what a child is made of; musl has not.</summary>
    internal static bool IsSupported => LibCExports.makecontext != 0 && SystemCallNumber.setresuid != 0;

    /// <summary>The numbers, errors and results that the child leaves for the session.</summary>
    internal ChildReport Report { get; }

    /// <summary>Lays the program out, with brief checks or full ones. On the thread that will call clone, with all signals blocked.</summary>
    internal static ChildProgram Compile(ChildPlan plan, IReadOnlyList<int> descriptors, ChildMemory memory, bool isBrief)
    {
        ChildProgram program = new(plan, descriptors, memory, isBrief);
        program.Lower();
        return program;
    }

    /// <summary>
    /// Makes the child and returns its number when it runs its program or has ended: then the number may be another's already. -1 with errno
    /// where there is none.
    /// </summary>
    internal int Run()
    {
        int flags = (_plan.StaysAsReaper ? 0 : LibC.CLONE_VFORK) | LibC.CLONE_PIDFD | LibC.CLONE_CHILD_SETTID | (_plan.HasPrivateMemory ? 0 : LibC.CLONE_VM) | (_plan.SharesDescriptors ? LibC.CLONE_FILES : 0)
            | _plan.CloneTypes.CloneFlags;
        byte* stack = _memory.AllocateStack(CloneStackSize);
        int result = _fork is not null
            ? _fork.Run(_memory, (uint)flags | _plan.NewerFlags, (_plan.NewerFlags & LibC.CLONE_AUTOREAP) == 0 ? LibC.SIGCHLD : 0, _chain.Start, Report.ProcessCell)
            : LibC.clone(LibCExports.setcontext, stack + CloneStackSize, flags | LibC.SIGCHLD, _chain.Start, Report.ProcessCell, null, Report.ProcessIdCell);
        if (result < 0)
        {
            // Written also by a clone that fails in the end.
            *Report.ProcessCell = -1;
        }

        return result;
    }

    private void Lower()
    {
        if (_fork is not null)
        {
            _chain.Add(LibCExports.memcpy, (nint)Report.ProcessIdCell, _fork.InsideCell, sizeof(int));
        }

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
                _checks.Check();
                LowerGate();
                break;
            case ChildStepKind.Clone:
                LowerClone(step);
                break;
            case ChildStepKind.Reap:
                LowerReaper(step);
                break;
            case ChildStepKind.Call when step.IsUnchecked:
                LowerCall(step);
                break;
            case ChildStepKind.Call when step.MayFail:
                _checks.Check();
                LowerCall(step);
                _checks.Spoil();
                break;
            default:
                _checks.Clear();
                LowerCall(step);
                _checks.Watch(step);
                break;
        }
    }

    private void LowerCall(ChildStep step)
    {
        ReadOnlySpan<StepArgument> arguments = step.Arguments;
        if (arguments.Length == 3 && arguments[1].Kind == StepArgumentKind.ProcessId)
        {
            _chain.AddLate(step.Function, (nint)Report.ProcessIdCell, Resolve(arguments[0]), 0, Resolve(arguments[2]));
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
        _checks.ExitUnlessZero(closed);
    }

    private void LowerClone(ChildStep step)
    {
        const int Flags = LibC.SIGCHLD | LibC.CLONE_VFORK | LibC.CLONE_PARENT | LibC.CLONE_PARENT_SETTID | LibC.CLONE_CHILD_SETTID;
        nint stack = (nint)_memory.AllocateStack(CloneStackSize) + CloneStackSize;

        _checks.Check();
        _checks.Clear();

        // This call, its check, then the first process's way out; the second begins after that.
        int second = _chain.Count + 4;
        _chain.BeginSecond(second);
        _chain.Add(LibCExports.clone, LibCExports.setcontext, stack, Flags | step.CloneFlags, (nint)_chain.At(second), (nint)Report.SecondCell, 0, (nint)(Report.SecondCell + 1));
        _checks.ExitUnlessZero(_checks.Copy(step));
        _chain.Add(LibCExports.setcontext, _chain.Exit);
    }

    // The program has the reaper's memory until it runs, so that what went wrong is in the cells before the reaper says that it is done.
    private void LowerReaper(ChildStep step)
    {
        const int Flags = LibC.SIGCHLD | LibC.CLONE_VFORK | LibC.CLONE_VM | LibC.CLONE_PARENT_SETTID;
        nint stack = (nint)_memory.AllocateStack(CloneStackSize) + CloneStackSize;
        _checks.Check();
        foreach ((nint start, nint length) in ForeignMemory.Find(_memory.Range.Start, _memory.Range.End))
        {
            _chain.Add(LibCExports.munmap, start, length);
        }

        _checks.Spoil();
        _checks.Clear();
        int second = _chain.Count + 2 + ReaperLoop.Calls;
        _chain.BeginSecond(second);
        _chain.Add(LibCExports.clone, LibCExports.setcontext, stack, Flags, (nint)_chain.At(second), (nint)Report.ReapedCell, 0, 0);
        _checks.Copy(step);
        ReaperLoop.AddTo(_chain, _memory, _descriptors[(int)SpawnDescriptor.GateReached]);
        if (_chain.Count != second)
        {
            throw new InvalidOperationException($"A reaper has {_chain.Count - second} calls more than it should.");
        }

        _checks.Spoil();
    }

    private void LowerProgram()
    {
        nint arguments = CopyArguments();
        nint environment = CopyEnvironment();
        _checks.Check();
        _checks.Clear();
        _chain.Add(LibCExports.memset, (nint)Report.PreparedCell, 1, 1);
        foreach (string program in _plan.Programs)
        {
            _chain.AddOpen(LibCExports.execve, (nint)_memory.Copy(program), arguments, environment);
            _checks.Copy(null);
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
        StepArgumentKind.Result => (nint)Report.AllocateResult((SpawnResult)argument.Number),
        StepArgumentKind.Handle => ((SafeHandle)argument.Value!).DangerousGetHandle(),
        StepArgumentKind.ProcessId => throw new InvalidOperationException("Only a second argument of three can be passed on."),
        _ => argument.Number,
    };
}
