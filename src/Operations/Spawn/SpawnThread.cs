using System;
using System.Collections.Generic;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>
/// A thread that makes children and is suspended meanwhile, while another opens their gates. Kept for a few seconds for the next
/// child of a thread in the same namespaces: a child gets those of the thread that makes it. A thread whose child is to die with the
/// session lives as long as that child, because to the kernel the thread is the parent.
/// </summary>
internal sealed class SpawnThread
{
    private const int StackSize = 512 * 1024;

    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(2);
    private static readonly object s_lock = new();
    private static readonly List<SpawnThread> s_idle = [];

    private readonly ulong[] _namespaces;
    private Action? _work;

    private SpawnThread(ulong[] namespaces, Action work)
    {
        _namespaces = namespaces;
        _work = work;
    }

    /// <summary>Runs the work, which must not throw, on another thread in the namespaces of the calling one.</summary>
    internal static void Run(Action work)
    {
        ulong[] namespaces = ReadNamespaces();
        lock (s_lock)
        {
            int index = s_idle.FindLastIndex(thread => thread._namespaces.AsSpan().SequenceEqual(namespaces));
            if (index >= 0)
            {
                s_idle[index]._work = work;
                s_idle.RemoveAt(index);
                Monitor.PulseAll(s_lock);
                return;
            }
        }

        // A new thread is where the one that makes it is.
        BackgroundThread.Start(new SpawnThread(namespaces, work).Loop, StackSize, "LinuxNamespaces spawner");
    }

    // Those a thread can have of its own; a user namespace it cannot.
    private static ulong[] ReadNamespaces()
    {
        using Descriptor self = Descriptor.OpenAt(LibC.AT_FDCWD, "/proc/thread-self\0"u8, LibC.O_PATH);
        ProcessDirectory thread = new(self, 0);
        return
        [
            thread.ReadNamespaceInode("ns/cgroup\0"u8), thread.ReadNamespaceInode("ns/ipc\0"u8), thread.ReadNamespaceInode("ns/mnt\0"u8),
            thread.ReadNamespaceInode("ns/net\0"u8), thread.ReadNamespaceInode("ns/pid_for_children\0"u8),
            thread.ReadNamespaceInode("ns/time_for_children\0"u8), thread.ReadNamespaceInode("ns/uts\0"u8),
        ];
    }

    private void Loop()
    {
        do
        {
            _work!();
        }
        while (WaitForWork());
    }

    private bool WaitForWork()
    {
        lock (s_lock)
        {
            _work = null;
            s_idle.Add(this);
            long end = Environment.TickCount64 + (long)s_linger.TotalMilliseconds;
            while (_work is null && Environment.TickCount64 < end)
            {
                Monitor.Wait(s_lock, (int)Math.Max(1, end - Environment.TickCount64));
            }

            return _work is not null || !s_idle.Remove(this);
        }
    }
}
