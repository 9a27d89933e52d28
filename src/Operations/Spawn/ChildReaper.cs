using System.Collections.Generic;
using System.Threading;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Operations;

/// <summary>
/// One thread that waits for all children nobody else waits for, so that none stays a zombie. It is there only while there
/// are such children.
/// </summary>
internal static unsafe class ChildReaper
{
    private static readonly object s_lock = new();
    private static readonly List<ChildProcess> s_children = [];
    private static WakePipe? s_wake;

    /// <summary>Takes charge of a child.</summary>
    internal static void Add(ChildProcess child)
    {
        if (child.TryCollect())
        {
            return;
        }

        lock (s_lock)
        {
            s_children.Add(child);
            if (s_wake is not null)
            {
                s_wake.Signal();
                return;
            }

            s_wake = new WakePipe();
            new Thread(Run, 128 * 1024) { IsBackground = true, Name = "LinuxNamespaces reaper" }.Start(s_wake);
        }
    }

    private static void Run(object? state)
    {
        WakePipe wake = (WakePipe)state!;
        while (true)
        {
            LibC.pollfd[] files;
            lock (s_lock)
            {
                s_children.RemoveAll(child => child.TryCollect());
                if (s_children.Count == 0)
                {
                    s_wake = null;
                    wake.Dispose();
                    return;
                }

                // A child that somebody else collects meanwhile leaves a closed descriptor: poll says so, and the next round drops it.
                files = new LibC.pollfd[s_children.Count + 1];
                files[0] = new LibC.pollfd { fd = wake.Descriptor, events = LibC.POLLIN };
                for (int i = 0; i < s_children.Count; i++)
                {
                    files[i + 1] = new LibC.pollfd { fd = s_children[i].PollDescriptor, events = LibC.POLLIN };
                }
            }

            fixed (LibC.pollfd* start = files)
            {
                _ = LibC.poll(start, (nuint)files.Length, -1);
            }

            if (files[0].revents != 0)
            {
                wake.Reset();
            }
        }
    }
}
