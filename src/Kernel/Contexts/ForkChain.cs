using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Contexts;

/// <summary>
/// clone3(2) for a child that is a <see cref="ContextChain"/>. libc has no function for it, and a child begins where the call returns. So the call is
/// a context of its own, which both processes come back to. First the child does, and goes over to its chain; then the thread does, as
/// CLONE_VFORK lets it wait, and goes back. The branch is a cell that only the child finds filled: the kernel writes its number there, and a zero
/// again when it has ended or runs its program. With memory of its own it has a copy of the cell.
/// </summary>
internal sealed unsafe class ForkChain
{
    /// <summary>How much memory this takes at most.</summary>
    internal const int MemorySize = 3 * (StackSize + 8192);

    private const int StackSize = 16 * 1024;

    // Arguments beyond those in registers lie between what a function returns to and what setcontext overwrites: so a context serves twice.
    private const int ArgumentCount = 14;

    private readonly byte* _back;
    private readonly byte* _fork;
    private readonly LibC.clone_args* _arguments;
    private readonly int* _id;
    private readonly long* _inside;

    /// <summary>Prepares the call. On the thread that will make it, with all signals blocked.</summary>
    internal ForkChain(ChildMemory memory)
    {
        _arguments = (LibC.clone_args*)memory.Allocate(sizeof(LibC.clone_args));
        _id = (int*)memory.Allocate(sizeof(long));
        _back = memory.Allocate(ContextChain.ContextSize);
        _fork = memory.Allocate(ContextChain.ContextSize);

        // Not in that memory, which both processes share in any case.
        _inside = (long*)NativeMemory.AllocZeroed(sizeof(long));
        Branch = memory.Allocate(ContextChain.ContextSize);
        Make(_fork, memory, Branch, LibCExports.syscall, [LibC.SYS_clone3, (nint)_arguments, sizeof(LibC.clone_args), 0, 0]);
    }

    /// <summary>Where the child finds its own number.</summary>
    internal nint InsideCell => (nint)_inside;

    private byte* Branch { get; }

    /// <summary>Makes the child, once, and returns its number when it runs its program or has ended; -1 with errno where there is none.</summary>
    /// <param name="memory">The memory of the child.</param>
    /// <param name="flags">CLONE_* without a signal. CLONE_VFORK is among them in any case.</param>
    /// <param name="signal">The signal at its end; 0 for none.</param>
    /// <param name="start">The context that the child begins with.</param>
    /// <param name="process">Where its pidfd goes.</param>
    internal int Run(ChildMemory memory, ulong flags, int signal, void* start, int* process)
    {
        Make(Branch, memory, _back, LibCExports.lfind, [(nint)start, (nint)_inside, (nint)_inside, 1, LibCExports.setcontext]);
        *_arguments = new LibC.clone_args
        {
            flags = flags | LibC.CLONE_VFORK | LibC.CLONE_PIDFD | LibC.CLONE_PARENT_SETTID | LibC.CLONE_CHILD_SETTID | LibC.CLONE_CHILD_CLEARTID,
            pidfd = (ulong)process,
            child_tid = (ulong)_inside,
            parent_tid = (ulong)_id,
            exit_signal = (ulong)signal,
        };
        int result = LibC.swapcontext(_back, _fork);
        int failure = Marshal.GetLastPInvokeError();
        NativeMemory.Free(_inside);

        // A child with the memory of this thread has its errno too.
        if (*_id > 0)
        {
            return *_id;
        }

        Marshal.SetLastPInvokeError(failure);
        return result < 0 ? result : -1;
    }

    private static void Make(byte* context, ChildMemory memory, byte* next, nint function, System.ReadOnlySpan<nint> arguments)
    {
        _ = LibC.getcontext(context);
        LibC.ucontext_t* head = (LibC.ucontext_t*)context;
        head->uc_stack.ss_sp = memory.AllocateStack(StackSize);
        head->uc_stack.ss_size = StackSize;
        head->uc_link = next;
        LibC.makecontext(context, function, ArgumentCount, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }
}
