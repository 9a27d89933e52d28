using System;
using System.Collections.Concurrent;
using System.Text;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>
/// Memory a child runs from: contexts, stacks, strings and the cells it reports in. Shared, so that the cells come back even
/// from a child with a copy of all other memory; kept for the next child, because fresh pages are the dear part.
/// </summary>
internal sealed unsafe class ChildMemory : IDisposable
{
    private const int UsualSize = 1 << 20;
    private const int MaxIdle = 8;

    // For a program with files of its own, which has some hundred steps.
    private const int LargeSize = 8 << 20;
    private const int MaxIdleLarge = 2;

    private static readonly ConcurrentBag<ChildMemory> s_idle = [];
    private static readonly ConcurrentBag<ChildMemory> s_idleLarge = [];

    private readonly byte* _start;
    private readonly nuint _size;
    private readonly bool _isUsedOn;
    private nuint _used;

    private ChildMemory(nuint size, bool isUsedOn)
    {
        _isUsedOn = isUsedOn;
        _size = size;
        _start = (byte*)LibC.mmap(null, size, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED | LibC.MAP_ANONYMOUS, -1, 0);
        if ((nint)_start == -1)
        {
            LinuxException.ThrowLast("mmap");
        }
    }

    /// <summary>Where it is.</summary>
    internal (nint Start, nint End) Range => ((nint)_start, (nint)(_start + _size));

    /// <summary>Takes memory for at least <paramref name="size"/> bytes.</summary>
    /// <param name="size">How much.</param>
    /// <param name="isUsedOn">A child with a copy of all other memory goes on to use this, so that it is for no other.</param>
    internal static ChildMemory Rent(long size, bool isUsedOn = false)
    {
        if (size <= LargeSize && !isUsedOn && (size <= UsualSize ? s_idle : s_idleLarge).TryTake(out ChildMemory? memory))
        {
            memory._used = 0;
            return memory;
        }

        return new ChildMemory((nuint)(size <= UsualSize ? UsualSize : Math.Max(isUsedOn ? 0 : LargeSize, size)), isUsedOn);
    }

    /// <summary>Zeroed bytes at an address that is a multiple of 16.</summary>
    internal byte* Allocate(long size)
    {
        nuint start = (_used + 15) & ~(nuint)15;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + (nuint)size, _size);
        _used = start + (nuint)size;
        new Span<byte>(_start + start, (int)size).Clear();
        return _start + start;
    }

    /// <summary>Zeroed bytes at an address that is a multiple of a higher power of two.</summary>
    internal byte* AllocateAligned(long size, int alignment)
    {
        _used = (nuint)((((nint)_start + (nint)_used + alignment - 1) & -(nint)alignment) - (nint)_start);
        return Allocate(size);
    }

    /// <summary>Bytes whose first content does not matter.</summary>
    internal byte* AllocateStack(int size)
    {
        byte* stack = Allocate(0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_used + (nuint)size, _size);
        _used += (nuint)size;
        return stack;
    }

    /// <summary>A copy of the text in UTF-8, with a NUL.</summary>
    internal byte* Copy(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        byte* copy = Allocate(length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(copy, length));
        return copy;
    }

    internal byte* Copy(ReadOnlySpan<byte> bytes)
    {
        byte* copy = Allocate(bytes.Length);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        return copy;
    }

    /// <summary>struct sock_fprog: how many instructions of eight bytes there are, and where their copy is.</summary>
    internal byte* CopyFilter(byte[] instructions)
    {
        const int InstructionSize = 8;
        nint* program = (nint*)Allocate(2 * sizeof(nint));
        program[0] = instructions.Length / InstructionSize;
        program[1] = (nint)Copy(instructions);
        return (byte*)program;
    }

    /// <summary>Gives the memory back. No child may run from it any more, but for one that has it for itself.</summary>
    public void Dispose()
    {
        if (!_isUsedOn && _size == UsualSize && s_idle.Count < MaxIdle)
        {
            s_idle.Add(this);
        }
        else if (!_isUsedOn && _size == LargeSize && s_idleLarge.Count < MaxIdleLarge)
        {
            s_idleLarge.Add(this);
        }
        else
        {
            _ = LibC.munmap(_start, _size);
        }
    }
}
