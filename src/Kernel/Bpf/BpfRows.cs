using System;
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>The rows that the program of an iterator writes, one after the other, through one buffer.</summary>
/// <typeparam name="T">The row.</typeparam>
internal ref struct BpfRows<T> : IDisposable
    where T : unmanaged
{
    // The kernel hands out no more than 32 KB at a time.
    private const int BufferSize = 64 * 1024;

    private readonly Descriptor _iterator;
    private readonly int _rowSize;
    private readonly byte[] _buffer;
    private int _length;
    private int _next;

    /// <summary>Begins a run.</summary>
    /// <param name="iterator">The program.</param>
    /// <param name="rowSize">How many bytes it writes for a row: those of <typeparamref name="T"/>, or fewer.</param>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    internal BpfRows(BpfIterator iterator, int rowSize)
    {
        _iterator = iterator.Open();
        _rowSize = rowSize;
        _buffer = ArrayPool<byte>.Shared.Rent(BufferSize + Unsafe.SizeOf<T>());
        _next = -rowSize;
    }

    /// <summary>The row; what the program did not write of it is of no meaning. Valid until the next is read.</summary>
    internal readonly ref readonly T Current => ref MemoryMarshal.AsRef<T>(_buffer.AsSpan(_next));

    /// <summary>Goes on to the next row; false after the last.</summary>
    /// <exception cref="BpfException">Reading failed.</exception>
    internal bool MoveNext()
    {
        _next += _rowSize;
        return _next < _length || Fill();
    }

    public readonly void Dispose()
    {
        _iterator.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private bool Fill()
    {
        _next = 0;
        Span<byte> buffer = _buffer.AsSpan(0, BufferSize - (BufferSize % _rowSize));
        int length;
        do
        {
            length = _iterator.Read(buffer);
        }
        while (length < 0 && Errno.Last == LibC.EAGAIN);

        _length = length;
        return length < 0 ? throw new BpfException($"reading the iterator failed ({ErrnoName.Of(Errno.Last)})", Errno.Last)
            : length % _rowSize == 0 ? length > 0
            : throw new BpfException("the iterator gave a part of a row");
    }
}
