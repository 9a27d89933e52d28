using System;
using System.Collections.Concurrent;
using System.Text;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Contexts;

/// <summary>
/// Memory a child runs from: contexts, stacks, strings and the cells it reports in. Shared, so that the cells come back even
/// from a child with a copy of all other memory; kept for the next child, because fresh pages are the dear part.
/// </summary>
internal sealed unsafe class ChildMemory : IDisposable
{
    // The second is for a program with files of its own, which has some hundred steps.
    private static readonly Shelf[] s_shelves = [new(1 << 20, 8), new(8 << 20, 2)];

    private readonly byte* _start;
    private readonly nuint _size;
    private readonly Shelf? _shelf;
    private nuint _used;

    private ChildMemory(nuint size, Shelf? shelf)
    {
        _shelf = shelf;
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
        Shelf? shelf = isUsedOn ? null : Array.Find(s_shelves, shelf => size <= shelf.Size);
        if (shelf is not null && shelf.Idle.TryTake(out ChildMemory? memory))
        {
            memory._used = 0;
            return memory;
        }

        return new ChildMemory((nuint)(shelf?.Size ?? Math.Max(s_shelves[0].Size, size)), shelf);
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
        if (_shelf is not null && _shelf.Idle.Count < _shelf.Most)
        {
            _shelf.Idle.Add(this);
        }
        else
        {
            _ = LibC.munmap(_start, _size);
        }
    }

    /// <summary>Memory of one size that is kept for the next child.</summary>
    /// <param name="Size">How large each is, in bytes.</param>
    /// <param name="Most">How many are kept.</param>
    private sealed record Shelf(int Size, int Most)
    {
        internal ConcurrentBag<ChildMemory> Idle { get; } = [];
    }
}
