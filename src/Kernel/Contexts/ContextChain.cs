using System;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Contexts;

/// <summary>
/// Calls of libc that run one after the other without managed code: each is a ucontext_t whose uc_link is the next, in a row in memory. The
/// first of the row stands apart: it is the way out, for whoever sets it.
/// </summary>
internal sealed unsafe class ContextChain
{
    // Sizes that hold a ucontext_t.
    private const int ContextSizeX64 = 1024;
    private const int ContextSizeOther = 5120;

    // Each context's stack begins a little above that of the one before: what is overwritten is done with.
    private const int StackSize = 32 * 1024;
    private const int StackStride = 128;

    // The first process is still in its clone while the second runs in the same memory: what that overwrites must lie above.
    private const int SecondStackGap = 8 * 1024;

    private const int FailureCode = 127;

    // The most calls a loop has.
    private const int MostCallsOfLoop = 32;
    private const int LoopStackSize = 8 * 1024;

    /// <summary>Room for a ucontext_t.</summary>
    internal static readonly int ContextSize =
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? ContextSizeX64 : ContextSizeOther;

    // On x64 the floating-point registers are behind it, and each copy points to those of the original; setcontext takes only MXCSR from the copy.
    private const int ContextHeadX64 = 456;
    private static readonly int s_copySize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? ContextHeadX64 : ContextSizeOther;

    // Where in a ucontext_t the second argument of its call is, found out rather than known; -1 where it is not in there.
    private static readonly int s_secondArgument = FindSecondArgument();

    private readonly int _most;
    private readonly byte* _contexts;
    private readonly byte* _stack;
    private readonly byte* _closed;
    private readonly byte* _open;
    private readonly ChildMemory _memory;
    private int _second = int.MaxValue;
    private int _loop = -1;
    private byte* _loopStack;
    private byte* _loopImage;

    /// <summary>Room for a number of calls. On the thread that will call clone, with all signals blocked.</summary>
    internal ContextChain(ChildMemory memory, int most)
    {
        _memory = memory;
        _most = most;
        _contexts = memory.AllocateStack((most + 2) * ContextSize);
        _stack = memory.AllocateStack(StackSize + ((most + 2) * StackStride) + SecondStackGap);
        _closed = memory.AllocateStack(ContextSize);
        _open = memory.AllocateStack(ContextSize);
        _ = LibC.getcontext(_closed);
        using (SignalMask.Empty())
        {
            _ = LibC.getcontext(_open);
        }

        Add(LibCExports._exit, FailureCode);
    }

    /// <summary>Whether one call can give another its second argument.</summary>
    internal static bool CanPassOn => s_secondArgument >= 0;

    /// <summary>How many calls there are, the way out included.</summary>
    internal int Count { get; private set; }

    /// <summary>The context that ends the process.</summary>
    internal nint Exit => (nint)_contexts;

    /// <summary>The context to begin with.</summary>
    internal void* Start => At(1);

    /// <summary>How much memory a number of calls takes at most.</summary>
    internal static long MeasureMemory(int most) =>
        ((most + 4) * (ContextSize + StackStride + 64L)) + StackSize + SecondStackGap + LoopStackSize + ((MostCallsOfLoop + 2) * StackStride);

    /// <summary>The context of the call that is, or will be, of that number.</summary>
    internal byte* At(int index) => _contexts + ((nint)index * ContextSize);

    /// <summary>Adds a call.</summary>
    internal void Add(nint function, params ReadOnlySpan<nint> arguments) => Make(_closed, function, arguments);

    /// <summary>Adds one that runs with no signal blocked: the mask is part of a context.</summary>
    internal void AddOpen(nint function, params ReadOnlySpan<nint> arguments) => Make(_open, function, arguments);

    /// <summary>Adds one whose second argument is a number that is at an address by then; what is given in its place does not count.</summary>
    internal void AddLate(nint function, nint second, params ReadOnlySpan<nint> arguments)
    {
        AddPatch(Count + 1, 0, second, sizeof(int));
        Add(function, arguments);
    }

    /// <summary>Adds one that copies some bytes over the second argument of the call of that number.</summary>
    internal void AddPatch(int call, int offset, nint source, int length) =>
        Add(LibCExports.memcpy, (nint)(At(call) + s_secondArgument + offset), source, length);

    /// <summary>
    /// From here to <see cref="EndLoop"/> the calls are made again and again, until one of them sets another context. The frame that makecontext
    /// puts on a stack serves once, so each round begins by putting it there again; the stack of the call that does this is put in order by the last.
    /// </summary>
    internal void BeginLoop()
    {
        _loop = Count;
        _loopStack = _memory.AllocateStack(LoopStackSize);
        _loopImage = _memory.AllocateStack((MostCallsOfLoop + 1) * StackStride);
        Make(_closed, LibCExports.memcpy, [(nint)LoopSlots, (nint)_loopImage, MostCallsOfLoop * StackStride], Count + 1, _loopStack, LoopStackSize);
    }

    /// <summary>Adds the last call of a loop.</summary>
    internal void EndLoop()
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Count - _loop, MostCallsOfLoop);
        byte* slot = _loopStack + LoopStackSize - StackStride;
        byte* image = _loopImage + (MostCallsOfLoop * StackStride);
        Buffer.MemoryCopy(slot, image, StackStride, StackStride);
        Make(_closed, LibCExports.memcpy, [(nint)slot, (nint)image, StackStride], _loop);
    }

    /// <summary>From that call on it is another process that runs.</summary>
    internal void BeginSecond(int index) => _second = index;

    /// <summary>Ends the chain.</summary>
    internal void End()
    {
        Add(LibCExports._exit, FailureCode);
        if (_loop >= 0)
        {
            Buffer.MemoryCopy(LoopSlots, _loopImage, MostCallsOfLoop * StackStride, MostCallsOfLoop * StackStride);
        }
    }

    // From below the top of the stack of the second call of the loop.
    private byte* LoopSlots => _stack + StackSize + (_loop * StackStride);

    // Copied, not got anew: that would be a system call each. Addresses in a copy are those of the original, which work as well.
    private void Make(byte* original, nint function, ReadOnlySpan<nint> arguments)
    {
        // The way out is taken from everywhere: its stack lies above all others.
        int above = Count == 0 ? _most + 1 : Count;
        Make(original, function, arguments, Count + 1, _stack, StackSize + (above * StackStride) + (Count == 0 || Count >= _second ? SecondStackGap : 0));
    }

    private void Make(byte* original, nint function, ReadOnlySpan<nint> arguments, int next) =>
        Make(original, function, arguments, next, _stack, StackSize + (Count * StackStride));

    private void Make(byte* original, nint function, ReadOnlySpan<nint> arguments, int next, byte* stack, nint stackSize)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Count, _most + 1);
        byte* context = At(Count);
        Buffer.MemoryCopy(original, context, ContextSize, s_copySize);
        SetStack(context, stack, stackSize);
        ((LibC.ucontext_t*)context)->uc_link = At(next);
        Call(context, function, arguments);
        Count++;
    }

    private static void SetStack(byte* context, byte* stack, nint size)
    {
        ((LibC.ucontext_t*)context)->uc_stack.ss_sp = stack;
        ((LibC.ucontext_t*)context)->uc_stack.ss_size = (nuint)size;
    }

    private static void Call(byte* context, nint function, ReadOnlySpan<nint> arguments)
    {
        Span<nint> all = stackalloc nint[7];
        arguments.CopyTo(all);
        LibC.makecontext(context, function, arguments.Length, all[0], all[1], all[2], all[3], all[4], all[5], all[6]);
    }

    private static int FindSecondArgument()
    {
        const int Size = 1024;
        const int Mark = 0x5ec00da2;
        if (LibCExports.makecontext == 0)
        {
            return -1;
        }

        byte* memory = stackalloc byte[ContextSize + Size + 16];
        byte* context = (byte*)(((nint)memory + 15) & ~(nint)15);
        _ = LibC.getcontext(context);
        SetStack(context, context + ContextSize, Size);
        Call(context, LibCExports._exit, [0, Mark]);
        ReadOnlySpan<long> words = new(context, ContextSize / sizeof(long));
        int index = words.IndexOf((long)Mark);
        return index < 0 || words.LastIndexOf((long)Mark) != index ? -1 : index * sizeof(long);
    }
}
