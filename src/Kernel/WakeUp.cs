using System;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel;

/// <summary>Ends another thread's poll(2): an eventfd(2) that is written once.</summary>
internal sealed unsafe class WakeUp : IDisposable
{
    private readonly Descriptor _descriptor;
    private readonly object _gate = new();
    private bool _closed;

    /// <exception cref="LinuxException">No descriptor is left.</exception>
    internal WakeUp()
    {
        _descriptor = Kernel.Descriptor.FromResult(LibC.eventfd(0, LibC.EFD_CLOEXEC));
        if (!_descriptor.IsOpen)
        {
            LinuxException.ThrowLast("eventfd");
        }
    }

    internal int Descriptor => _descriptor.Number;

    /// <summary>From any thread, and at any time: the number of a closed descriptor may be another file's.</summary>
    internal void Set()
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

    public void Dispose()
    {
        lock (_gate)
        {
            _descriptor.Dispose();
            _closed = true;
        }
    }
}
