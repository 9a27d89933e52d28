using System;
using System.Collections.Concurrent;
using System.Threading;

namespace LinuxNamespaces.Operations;

/// <summary>
/// A thread that makes children and is suspended meanwhile, while another opens their gates. Kept for a few seconds for the next child.
/// A thread whose child is to die with the session lives as long as that child, because the kernel means the thread.
/// </summary>
internal sealed class SpawnThread
{
    private static readonly TimeSpan s_linger = TimeSpan.FromSeconds(2);
    private static readonly ConcurrentStack<SpawnThread> s_idle = new();

    private readonly object _lock = new();
    private Action? _work;
    private bool _isGone;

    private SpawnThread()
    {
    }

    /// <summary>Runs the work, which must not throw, on a thread like this.</summary>
    internal static void Run(Action work)
    {
        while (s_idle.TryPop(out SpawnThread? idle))
        {
            if (idle.TryGive(work))
            {
                return;
            }
        }

        SpawnThread fresh = new() { _work = work };
        new Thread(fresh.Loop, 256 * 1024) { IsBackground = true, Name = "LinuxNamespaces spawner" }.Start();
    }

    private bool TryGive(Action work)
    {
        lock (_lock)
        {
            _work = _isGone ? null : work;
            Monitor.Pulse(_lock);
            return !_isGone;
        }
    }

    private void Loop()
    {
        do
        {
            _work!();
            _work = null;
            s_idle.Push(this);
        }
        while (WaitForWork());
    }

    private bool WaitForWork()
    {
        lock (_lock)
        {
            _isGone = _work is null && !Monitor.Wait(_lock, s_linger) && _work is null;
            return !_isGone;
        }
    }
}
