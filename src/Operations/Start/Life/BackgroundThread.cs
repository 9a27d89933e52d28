using System;
using System.Threading;

namespace LinuxNamespaces.Operations.Start.Life;

/// <summary>Starts the threads children need. Each takes a place among the processes, of which there may be no more.</summary>
internal static class BackgroundThread
{
    /// <summary>Starts a thread; tests replace it by one that fails.</summary>
    internal static Action<Thread> Starter { get; set; } = thread => thread.Start();

    /// <summary>Starts one.</summary>
    /// <exception cref="NamespaceException">ProcessLimitReached.</exception>
    internal static Thread Start(Action work, int stackSize, string name)
    {
        try
        {
            Thread thread = new(() => work(), stackSize) { IsBackground = true, Name = name };
            Starter(thread);
            return thread;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            throw new NamespaceException(
                ErrorIds.ProcessLimitReached, "The thread that looks after the child could not be started: the limit on processes and threads is reached.", "Raise the limit (ulimit -u, kernel.threads-max, the cgroup's pids.max), or end some processes.", exception);
        }
    }
}
