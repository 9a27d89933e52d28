using System;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Operations;

/// <summary>A descriptor that becomes readable when another thread says so: how a poll(2) is interrupted.</summary>
internal sealed unsafe class WakePipe : IDisposable
{
    private readonly object _lock = new();
    private int _read;
    private int _write;

    internal WakePipe()
    {
        int* ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.O_CLOEXEC | LibC.O_NONBLOCK) != 0)
        {
            LinuxException.ThrowLast("pipe2");
        }

        (_read, _write) = (ends[0], ends[1]);
    }

    internal int Descriptor => _read;

    /// <summary>Makes it readable; nothing after it was disposed of.</summary>
    internal void Signal()
    {
        lock (_lock)
        {
            byte one = 1;
            if (_write >= 0)
            {
                _ = LibC.write(_write, &one, 1);
            }
        }
    }

    /// <summary>Takes back all signals so far.</summary>
    internal void Reset()
    {
        byte* sink = stackalloc byte[64];
        while (LibC.read(_read, sink, 64) > 0)
        {
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_read >= 0)
            {
                _ = LibC.close(_read);
                _ = LibC.close(_write);
            }

            _read = _write = -1;
        }
    }
}
