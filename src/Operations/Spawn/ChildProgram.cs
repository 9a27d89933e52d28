using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>
/// A plan as something a process can run without managed code: libc calls, each a ucontext_t whose uc_link is the next, and
/// the whole started by clone(setcontext). The only branch there is: after a step that can fail, errno is copied into the
/// step's cell, and lfind(exit, cell, count = that cell, setcontext) calls setcontext(exit) if the count, that is errno, is
/// not 0. So nothing runs after a failed step, and the session finds the errno in the cell. errno is that of the thread that calls
/// clone, which CLONE_VFORK suspends until the child has gone or runs its program: nobody else uses it meanwhile.
/// </summary>
internal sealed unsafe class ChildProgram
{
    /// <summary>Room for a link like time_for_children:[4026531834].</summary>
    internal const int LinkSize = 64;

    /// <summary>Room for any path: PATH_MAX of the kernel, the NUL included.</summary>
    internal const int PathSize = 4096;

    // Offsets in ucontext_t that 64-bit architectures share, and sizes that hold it.
    private const int LinkOffset = 8;
    private const int StackOffset = 16;
    private const int StackSizeOffset = 32;
    private const int ContextSizeX64 = 1024;
    private const int ContextSizeOther = 5120;

    // Each context's stack begins a little above that of the one before: what is overwritten is done with.
    private const int StackSize = 32 * 1024;
    private const int StackStride = 128;
    private const int CloneStackSize = 1024;

    // The first process is still in its clone while the second runs in the same memory: what that overwrites must lie above.
    private const int SecondStackGap = 8 * 1024;

    /// <summary>Room for a ucontext_t.</summary>
    internal static readonly int ContextSize =
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? ContextSizeX64 : ContextSizeOther;

    private readonly ChildMemory _memory;
    private readonly SpawnPlan _plan;
    private readonly SpawnDescriptors _descriptors;
    private readonly List<Instruction> _instructions = new(128);
    private readonly List<(ChildStep? Step, nint Cell)> _checks = [];
    private readonly nint _results;
    private readonly nint _errno;
    private readonly int* _secondProcessId;
    private bool _isErrnoStale = true;
    private nint _exit;
    private byte* _contexts;
    private byte* _stack;
    private int _gates;
    private int _second = int.MaxValue;

    private ChildProgram(SpawnPlan plan, SpawnDescriptors descriptors, ChildMemory memory)
    {
        _plan = plan;
        _descriptors = descriptors;
        _memory = memory;
        _errno = (nint)LibC.__errno_location();
        _results = (nint)memory.Allocate(((int)SpawnResult.WorkingDirectory * LinkSize) + PathSize);
        _secondProcessId = (int*)memory.Allocate(2 * sizeof(int));
    }

    /// <summary>Whether this libc has what a child is made of; musl has not.</summary>
    internal static bool IsSupported => LibCExports.makecontext != 0 && SystemCallNumber.setresuid != 0;

    /// <summary>The process a second clone made, as the session sees it; 0 without one.</summary>
    internal int SecondProcessId => _secondProcessId[0];

    /// <summary>Its number in its own pid namespace.</summary>
    internal int SecondProcessInnerId => _secondProcessId[1];

    /// <summary>How much memory a plan takes at most.</summary>
    internal static long MeasureMemory(SpawnPlan plan)
    {
        long strings = 0;
        foreach (string text in plan.Environment)
        {
            strings += (3L * text.Length) + 24;
        }

        foreach (string text in plan.Arguments)
        {
            strings += (3L * text.Length) + 24;
        }

        foreach (string text in plan.Programs)
        {
            strings += (3L * text.Length) + 24;
        }

        foreach (StepArgument argument in plan.Steps.SelectMany(step => step.Arguments))
        {
            strings += argument.Value switch
            {
                string text => (3L * text.Length) + 24,
                byte[] bytes => bytes.Length + 24,
                _ => 0,
            };
        }

        // At most five contexts a step, and one for each signal.
        long contexts = ((plan.Steps.Count + plan.Programs.Count) * 5) + SignalDispositions.Count + 8;
        return strings + (contexts * (ContextSize + StackStride + 64)) + (plan.Steps.Count * 8192L) + (128 * 1024);
    }

    /// <summary>Lays the program out. On the thread that will call clone, with all signals blocked.</summary>
    internal static ChildProgram Compile(SpawnPlan plan, SpawnDescriptors descriptors, ChildMemory memory)
    {
        ChildProgram program = new(plan, descriptors, memory);
        program.Lower();
        program.Link();
        return program;
    }

    /// <summary>
    /// Makes the child and returns when it runs its program or has ended. -1 with errno where there is none.
    /// <paramref name="processId"/> is filled before the child's first step.
    /// </summary>
    internal int Run(int* processId)
    {
        int flags = LibC.SIGCHLD | LibC.CLONE_VFORK | LibC.CLONE_PARENT_SETTID | (_plan.HasPrivateMemory ? 0 : LibC.CLONE_VM)
            | (_plan.SharesDescriptors ? LibC.CLONE_FILES : 0);
        foreach (NamespaceType type in _plan.CloneTypes)
        {
            flags |= type.CloneFlag();
        }

        byte* stack = _memory.AllocateStack(CloneStackSize);
        return LibC.clone(LibCExports.setcontext, stack + CloneStackSize, flags, _contexts, processId, null, null);
    }

    /// <summary>What failed; false where all went well. A null step is the program itself.</summary>
    internal bool TryGetFailure(out ChildStep? step, out int errno)
    {
        step = null;
        errno = 0;

        // Programs are tried in turn: where the last cell is empty one of them runs, or none was come to.
        bool noneRuns = *(int*)_checks[^1].Cell != 0;
        foreach ((ChildStep? checkedStep, nint cell) in _checks)
        {
            // A second process leaves its errno to the first, whose clone then looks failed too.
            int value = checkedStep?.Kind == ChildStepKind.Clone && SecondProcessId != 0 ? 0 : *(int*)cell;
            bool isProgram = checkedStep is null;

            // As in a shell, a program that is there and may not be run says more than those that are not there.
            if (value != 0 && (!isProgram || (noneRuns && errno is 0 or LibC.ENOENT or LibC.ENOTDIR)))
            {
                step = checkedStep;
                errno = value;
            }
        }

        return errno != 0;
    }

    /// <summary>What the child has left in one of its cells, without the NUL.</summary>
    internal byte[] ReadResult(SpawnResult result) =>
        MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)_results + ((int)result * LinkSize)).ToArray();

    private static byte* ContextAt(byte* contexts, int index) => contexts + ((nint)index * ContextSize);

    private void Lower()
    {
        int steps = 0;
        foreach (ChildStep step in _plan.Steps)
        {
            steps += step.Kind == ChildStepKind.Clone ? 6 : 4;
        }

        // The contexts' addresses are needed before their number is known.
        int most = steps + SignalDispositions.Count + (_plan.Programs.Count * 2) + 4;
        _contexts = _memory.AllocateStack(most * ContextSize);
        _exit = (nint)ContextAt(_contexts, most - 1);

        nint action = (nint)_memory.Allocate(SignalDispositions.ActionSize);
        foreach (int signal in SignalDispositions.ReadChanged())
        {
            Add(LibCExports.sigaction, signal, action, 0);
        }

        foreach (ChildStep step in _plan.Steps)
        {
            Lower(step);
        }

        LowerProgram();
    }

    private void Lower(ChildStep step)
    {
        switch (step.Kind)
        {
            case ChildStepKind.Gate:
                LowerGate();
                break;
            case ChildStepKind.Clone:
                LowerClone(step);
                break;
            case ChildStepKind.Call when step.MayFail:
                Add(step.Function, Array.ConvertAll(step.Arguments, Resolve));
                _isErrnoStale = true;
                break;
            default:
                ClearErrno();
                Add(step.Function, Array.ConvertAll(step.Arguments, Resolve));
                Check(step);
                break;
        }
    }

    // The cell holds 1 until the session writes a 0 into the pipe; where the session has died the pipe ends, and the 1 stays.
    private void LowerGate()
    {
        nint number = (nint)_memory.Allocate(sizeof(long));
        *(long*)number = _gates++;
        nint closed = (nint)_memory.Allocate(sizeof(long));
        *(long*)closed = 1;
        Add(LibCExports.write, _descriptors[SpawnDescriptor.GateReached], number, sizeof(long));
        Add(LibCExports.read, _descriptors[SpawnDescriptor.GateOpened], closed, sizeof(long));
        ExitUnlessZero(closed);
    }

    private void LowerClone(ChildStep step)
    {
        const int Flags = LibC.SIGCHLD | LibC.CLONE_VFORK | LibC.CLONE_PARENT | LibC.CLONE_PARENT_SETTID | LibC.CLONE_CHILD_SETTID;
        nint stack = (nint)_memory.AllocateStack(CloneStackSize) + CloneStackSize;

        ClearErrno();

        // This call, its check, then the first process's way out; the second begins after that.
        _second = _instructions.Count + 4;
        nint second = (nint)ContextAt(_contexts, _second);
        Add(LibCExports.clone, LibCExports.setcontext, stack, Flags | step.CloneFlags, second, (nint)_secondProcessId, 0, (nint)(_secondProcessId + 1));
        Check(step);
        Add(LibCExports.setcontext, _exit);
    }

    private void LowerProgram()
    {
        nint arguments = CopyAll(_plan.Arguments);
        nint environment = CopyAll(_plan.Environment);
        ClearErrno();
        foreach (string program in _plan.Programs)
        {
            _instructions.Add(new Instruction(LibCExports.execve, [(nint)_memory.Copy(program), arguments, environment]) { SignalsOpen = true });
            CopyErrno(null);
        }
    }

    private nint CopyAll(IReadOnlyList<string> texts)
    {
        nint* array = (nint*)_memory.Allocate((texts.Count + 1) * (long)sizeof(nint));
        for (int i = 0; i < texts.Count; i++)
        {
            array[i] = (nint)_memory.Copy(texts[i]);
        }

        return (nint)array;
    }

    private nint Resolve(StepArgument argument) => argument.Kind switch
    {
        StepArgumentKind.Text => (nint)_memory.Copy((string)argument.Value!),
        StepArgumentKind.Bytes => (nint)_memory.Copy((byte[])argument.Value!),
        StepArgumentKind.Descriptor => _descriptors[(SpawnDescriptor)argument.Number],
        StepArgumentKind.JoinedNamespace => _plan.Request.Join[(int)argument.Number].Handle.Descriptor,
        StepArgumentKind.Result => _results + (argument.Number * LinkSize),
        _ => argument.Number,
    };

    private void Add(nint function, params nint[] arguments) => _instructions.Add(new Instruction(function, arguments));

    // What may fail, or came before the child, may have left something that is not the next step's.
    private void ClearErrno()
    {
        if (_isErrnoStale)
        {
            Add(LibCExports.memset, _errno, 0, sizeof(int));
            _isErrnoStale = false;
        }
    }

    private void Check(ChildStep step) => ExitUnlessZero(CopyErrno(step));

    private nint CopyErrno(ChildStep? step)
    {
        nint cell = (nint)_memory.Allocate(sizeof(long));
        Add(LibCExports.memcpy, cell, _errno, sizeof(int));
        _checks.Add((step, cell));
        return cell;
    }

    private void ExitUnlessZero(nint cell) => Add(LibCExports.lfind, _exit, cell, cell, 1, LibCExports.setcontext);

    // The signal mask is part of a context: closed in all but those that run the program, where it is empty.
    private void Link()
    {
        int count = _instructions.Count;
        _stack = _memory.AllocateStack(StackSize + ((count + 1) * StackStride) + SecondStackGap);
        byte* closed = _memory.AllocateStack(ContextSize);
        byte* open = _memory.AllocateStack(ContextSize);
        _ = LibC.getcontext(closed);
        using (SignalMask.Empty())
        {
            _ = LibC.getcontext(open);
        }

        for (int i = 0; i < count; i++)
        {
            nint next = i + 1 < count ? (nint)ContextAt(_contexts, i + 1) : _exit;
            Make(ContextAt(_contexts, i), _instructions[i].SignalsOpen ? open : closed, _instructions[i], i, next);
        }

        Make((byte*)_exit, closed, new Instruction(LibCExports._exit, [127]), count, 0);
    }

    // Copied, not got anew: that would be a system call each. What a copy has of addresses is the original's, which is as good.
    private void Make(byte* context, byte* original, Instruction instruction, int index, nint next)
    {
        Buffer.MemoryCopy(original, context, ContextSize, ContextSize);
        *(nint*)(context + LinkOffset) = next;
        *(nint*)(context + StackOffset) = (nint)_stack;
        *(nint*)(context + StackSizeOffset) = StackSize + ((index + 1) * StackStride) + (index >= _second ? SecondStackGap : 0);
        nint[] arguments = instruction.Arguments;
        LibC.makecontext(context, instruction.Function, arguments.Length, At(0), At(1), At(2), At(3), At(4), At(5), At(6));

        nint At(int i) => i < arguments.Length ? arguments[i] : 0;
    }

    private sealed record Instruction(nint Function, nint[] Arguments)
    {
        internal bool SignalsOpen { get; init; }
    }
}
