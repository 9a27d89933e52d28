using System;
using System.Threading;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>
/// A descriptor that becomes readable when another thread says so: how a poll(2) is interrupted. An eventfd(2), kept for the next one who
/// needs such a descriptor for a moment.
/// </summary>
internal sealed unsafe class WakeUp : IDisposable
{
    // Numbers of descriptors; -1 where a place is free.
    private static readonly int[] s_idle = [-1, -1];

    private readonly Descriptor _descriptor;
    private readonly object _gate = new();
    private bool _signalled;
    private bool _closed;

    /// <exception cref="LinuxException">No descriptor is left.</exception>
    internal WakeUp()
    {
        for (int i = 0; i < s_idle.Length; i++)
        {
            int idle = Interlocked.Exchange(ref s_idle[i], -1);
            if (idle >= 0)
            {
                _descriptor = Files.Descriptor.FromResult(idle);
                return;
            }
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
            if (_signalled)
            {
                Reset();
            }

            for (int i = 0; i < s_idle.Length; i++)
            {
                if (Interlocked.CompareExchange(ref s_idle[i], _descriptor.Number, -1) < 0)
                {
                    return;
                }
            }

            _descriptor.Dispose();
        }
    }
}
