using System;
using System.Collections.Concurrent;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>
/// A descriptor that becomes readable when another thread says so: how a poll(2) is interrupted. An eventfd(2), kept for the next one who
/// needs such a descriptor for a moment.
/// </summary>
internal sealed unsafe class WakeUp : IDisposable
{
    private const int MaxIdle = 2;

    private static readonly ConcurrentBag<Descriptor> s_idle = [];

    private readonly Descriptor _descriptor;
    private readonly object _gate = new();
    private bool _signalled;
    private bool _closed;

    /// <exception cref="LinuxException">No descriptor is left.</exception>
    internal WakeUp()
    {
        if (s_idle.TryTake(out _descriptor))
        {
            return;
        }

        _descriptor = Files.Descriptor.FromResult(LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK));
        if (!_descriptor.IsOpen)
        {
            LinuxException.ThrowLast("eventfd");
        }
    }

    /// <summary>The descriptor to poll.</summary>
    internal int Descriptor => _descriptor.Number;

    /// <summary>Makes it readable; nothing after it was disposed of: the descriptor is another's by then.</summary>
    internal void Signal()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _signalled = true;
                ulong one = 1;
                _ = LibC.write(Descriptor, &one, sizeof(ulong));
            }
        }
    }

    /// <summary>Takes back all signals so far.</summary>
    internal void Reset()
    {
        ulong count;
        _ = LibC.read(Descriptor, &count, sizeof(ulong));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            if (s_idle.Count >= MaxIdle)
            {
                _descriptor.Dispose();
                return;
            }

            if (_signalled)
            {
                Reset();
            }

            s_idle.Add(_descriptor);
        }
    }
}
