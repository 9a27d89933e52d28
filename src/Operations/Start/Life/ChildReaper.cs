using System.Collections.Generic;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Start.Life;

/// <summary>
/// One thread that waits for all children nobody else waits for, so that none stays a zombie. It is there only while there
/// are such children.
/// </summary>
internal static unsafe class ChildReaper
{
    private const int StackSize = 256 * 1024;

    private static readonly object s_lock = new();
    private static readonly List<ChildProcess> s_children = [];
    private static WakeUp? s_wake;

    /// <summary>Takes charge of a child.</summary>
    /// <exception cref="NamespaceException">No thread can wait for it: it has been ended.</exception>
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

            WakeUp? wake = null;
            try
            {
                wake = new WakeUp();
                BackgroundThread.Start(() => Run(wake), StackSize, "LinuxNamespaces reaper");
            }
            catch
            {
                s_children.Remove(child);
                wake?.Dispose();
                child.Destroy();
                throw;
            }

            // Only now: what waits behind a thread that is not there waits for ever.
            s_wake = wake;
        }
    }

    private static void Run(WakeUp wake)
    {
        while (true)
        {
            LibC.pollfd[] files;
            bool isComplete = true;
            lock (s_lock)
            {
                s_children.RemoveAll(child => child.TryCollect());
                if (s_children.Count == 0)
                {
                    s_wake = null;
                    wake.Dispose();
                    return;
                }

                // A child that somebody else collects meanwhile has no descriptor any more: the next round drops it.
                files = new LibC.pollfd[s_children.Count + 1];
                files[0] = new LibC.pollfd { fd = wake.Descriptor, events = LibC.POLLIN };
                for (int i = 0; i < s_children.Count; i++)
                {
                    files[i + 1] = new LibC.pollfd { fd = s_children[i].PollDescriptor, events = LibC.POLLIN };
                    isComplete &= files[i + 1].fd >= 0;
                }
            }

            fixed (LibC.pollfd* start = files)
            {
                _ = LibC.poll(start, (nuint)files.Length, isComplete ? -1 : 0);
            }

            if (files[0].revents != 0)
            {
                wake.Reset();
            }
        }
    }
}
