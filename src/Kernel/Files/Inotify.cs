using System;
using System.Collections.Generic;
using System.Text;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>Watches directories; see inotify(7).</summary>
internal sealed unsafe class Inotify : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly Descriptor _descriptor;
    private readonly byte[] _buffer = new byte[BufferSize];

    /// <exception cref="LinuxException">The user has as many of these as allowed.</exception>
    internal Inotify()
    {
        _descriptor = Files.Descriptor.FromResult(LibC.inotify_init1(LibC.IN_CLOEXEC | LibC.IN_NONBLOCK));
        if (!_descriptor.IsOpen)
        {
            LinuxException.ThrowLast("inotify_init1");
        }
    }

    internal int Descriptor => _descriptor.Number;

    /// <summary>Watches a directory; -1 with errno where that fails.</summary>
    internal int Watch(string directory, uint mask)
    {
        fixed (byte* path = Encoding.UTF8.GetBytes(directory + '\0'))
        {
            return LibC.inotify_add_watch(Descriptor, path, mask);
        }
    }

    /// <summary>Reads the events so far, in order, without waiting.</summary>
    internal List<InotifyEvent> Read()
    {
        List<InotifyEvent> events = [];
        fixed (byte* buffer = _buffer)
        {
            while (true)
            {
                nint length = LibC.read(Descriptor, buffer, BufferSize);
                if (length <= 0)
                {
                    return events;
                }

                events.AddRange(InotifyEvent.ParseAll(_buffer.AsSpan(0, (int)length)));
            }
        }
    }

    public void Dispose() => _descriptor.Dispose();
}
