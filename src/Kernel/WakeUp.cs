using System;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel;

/// <summary>A descriptor that becomes readable when another thread says so: how a poll(2) is interrupted. An eventfd(2).</summary>
internal sealed unsafe class WakeUp : IDisposable
{
    private readonly Descriptor _descriptor;
    private readonly object _gate = new();
    private bool _closed;

    /// <exception cref="LinuxException">No descriptor is left.</exception>
    internal WakeUp()
    {
        _descriptor = Kernel.Descriptor.FromResult(LibC.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK));
        if (!_descriptor.IsOpen)
        {
            LinuxException.ThrowLast("eventfd");
        }
    }

    /// <summary>The descriptor to poll.</summary>
    internal int Descriptor => _descriptor.Number;

    /// <summary>Makes it readable; nothing after it was disposed of: the number of a closed descriptor may be another file's.</summary>
    internal void Signal()
    {
        lock (_gate)
        {
            if (!_closed)
            {
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
            if (!_closed)
            {
                _descriptor.Dispose();
            }

            _closed = true;
        }
    }
}
