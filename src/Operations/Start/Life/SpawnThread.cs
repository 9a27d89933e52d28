using System;
using System.Collections.Generic;
using System.Threading;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Start.Life;

/// <summary>
/// A thread that makes children and is suspended meanwhile, while another opens their gates. Kept for a few seconds for the next
/// child of a thread in the same namespaces: a child gets those of the thread that makes it. A thread whose child is to die with the
/// session lives as long as that child, because to the kernel the thread is the parent.
/// </summary>
internal sealed class SpawnThread
{
    private const int StackSize = 512 * 1024;

    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(2);
    private static readonly NamespaceType[] s_types =
    [
        NamespaceType.Mnt, NamespaceType.Cgroup, NamespaceType.Ipc, NamespaceType.Net, NamespaceType.Pid, NamespaceType.Time, NamespaceType.Uts,
    ];

    private static readonly object s_lock = new();
    private static readonly List<SpawnThread> s_idle = [];

    // Null where they are not known: then the thread serves nobody else.
    private readonly ulong[]? _namespaces;
    private Action? _work;

    private SpawnThread(ulong[]? namespaces, Action work)
    {
        _namespaces = namespaces;
        _work = work;
    }

    /// <summary>Runs the work, which must not throw, on another thread in the namespaces of the calling one.</summary>
    internal static void Run(Action work)
    {
        ulong[]? namespaces = ReadNamespaces();
        lock (s_lock)
        {
            int index = namespaces is null ? -1 : s_idle.FindLastIndex(thread => thread._namespaces.AsSpan().SequenceEqual(namespaces));
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

    // Those a thread can have of its own; a user namespace it cannot. Each thread has a mount namespace: without an inode nothing was to be read.
    private static ulong[]? ReadNamespaces()
    {
        ulong[] inodes = Array.ConvertAll(s_types, ThreadNamespaces.ReadInherited);
        return inodes[0] == 0 ? null : inodes;
    }

    private void Loop()
    {
        do
        {
            _work!();
        }
        while (_namespaces is not null && WaitForWork());
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
