using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>Something that happened in a watched directory; see inotify(7).</summary>
/// <param name="Watch">Which one; -1 where events were lost.</param>
/// <param name="Mask">IN_*.</param>
/// <param name="Name">The entry it happened to.</param>
internal sealed record InotifyEvent(int Watch, uint Mask, string Name)
{
    /// <summary>Parses the events that one read(2) returned; anything that is not an event ends the list.</summary>
    internal static unsafe List<InotifyEvent> ParseAll(ReadOnlySpan<byte> buffer)
    {
        List<InotifyEvent> events = [];
        while (MemoryMarshal.TryRead(buffer, out LibC.inotify_event head) && head.len <= (uint)(buffer.Length - sizeof(LibC.inotify_event)))
        {
            ReadOnlySpan<byte> name = buffer.Slice(sizeof(LibC.inotify_event), (int)head.len);
            int end = name.IndexOf((byte)0);
            events.Add(new InotifyEvent(head.wd, head.mask, Encoding.UTF8.GetString(end < 0 ? name : name[..end])));
            buffer = buffer[(sizeof(LibC.inotify_event) + name.Length)..];
        }

        return events;
    }
}
