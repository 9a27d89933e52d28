using System;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.ControlGroups;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Start.Life;

/// <summary>
/// A child of the session, held by pidfd until it has ended, so that its number never means another process. How it
/// ended is kept.
/// </summary>
internal sealed unsafe class ChildProcess
{
    private readonly object _lock = new();
    private Descriptor _descriptor;
    private bool _hasExited;
    private int? _exitCode;
    private int? _signal;
    private bool _isAwaited;
    private IDisposable? _guard;
    private ControlGroup? _group;

    /// <summary>Takes over a process that was just made and that nobody else waits for, and its pidfd; without one it has ended already.</summary>
    internal ChildProcess(int id, Descriptor descriptor)
    {
        Id = id;
        _descriptor = descriptor;
        _hasExited = !descriptor.IsOpen;
    }

    internal int Id { get; }

    /// <summary>An object that lives as long as the child; disposed of with it.</summary>
    internal IDisposable? Guard
    {
        get => _guard;
        set
        {
            lock (_lock)
            {
                _guard = value;
                if (_hasExited)
                {
                    value?.Dispose();
                }
            }
        }
    }

    /// <summary>The control group of the child alone, removed with it; null for none.</summary>
    internal ControlGroup? Group
    {
        get => _group;
        set
        {
            lock (_lock)
            {
                _group = value;
                if (_hasExited)
                {
                    value?.Dispose();
                }
            }
        }
    }

    /// <summary>The usage of its control group; nothing where it has none.</summary>
    internal GroupUsage Usage
    {
        get
        {
            // The group of a child that has ended is read for the last time when the end is collected.
            TryCollect();
            return _group?.Usage ?? default;
        }
    }

    /// <summary>The child that a process of the session is; null for a process that was found.</summary>
    internal static ChildProcess? Of(NamespaceProcess process) => (ChildProcess?)process.Child;

    /// <summary>Whether it has ended; asks the kernel.</summary>
    internal bool HasExited => TryCollect();

    /// <summary>All that is known of its end.</summary>
    internal ProcessEnd End => TryCollect() ? new ProcessEnd(true, _exitCode, _signal) : default;

    /// <summary>Its exit code; null while it runs, or where a signal ended it.</summary>
    internal int? ExitCode => TryCollect() ? _exitCode : null;

    /// <summary>The signal that ended it; null while it runs, or where it ended itself.</summary>
    internal int? Signal => TryCollect() ? _signal : null;

    /// <summary>The descriptor to poll; only for <see cref="ChildReaper"/>, before the child is collected.</summary>
    internal int PollDescriptor => _descriptor.Number;

    /// <summary>
    /// A pidfd of the child of that number; none where there is no such child: it has ended and was waited for by another, and the number
    /// may be anybody's.
    /// </summary>
    internal static Descriptor TryHold(int id)
    {
        Descriptor process = PidDescriptor.Open(id);
        LibC.siginfo_t info;
        if (process.IsOpen && LibC.waitid(LibC.P_PIDFD, (uint)process.Number, &info, LibC.WEXITED | LibC.WNOHANG | LibC.WNOWAIT | LibC.__WALL) != 0)
        {
            process.Dispose();
            process = Descriptor.None;
        }

        return process;
    }

    /// <summary>Takes the exit status if there is one, and frees the process's entry in the kernel.</summary>
    internal bool TryCollect() => Collect();

    /// <summary>Kills it and takes its exit status away.</summary>
    internal void Destroy()
    {
        Send(LibC.SIGKILL);
        Wait(Timeout.InfiniteTimeSpan, null);
    }

    private bool Collect()
    {
        lock (_lock)
        {
            if (_hasExited)
            {
                return true;
            }

            LibC.siginfo_t info = default;
            int result;
            do
            {
                result = LibC.waitid(LibC.P_PIDFD, (uint)_descriptor.Number, &info, LibC.WEXITED | LibC.WNOHANG | LibC.__WALL);
            }
            while (result != 0 && Errno.Last == LibC.EINTR);

            if (result == 0 && info.si_pid == 0)
            {
                return false;
            }

            if (result == 0)
            {
                int status = info.si_status;
                bool isExit = info.si_code == LibC.CLD_EXITED;
                _exitCode = isExit ? status : null;
                _signal = isExit ? null : status;
            }
            else if (PidDescriptor.TryReadExit(_descriptor, out int told))
            {
                // The runtime waits for every child where it is PID 1 or the session ignores SIGCHLD.
                const int SignalMask = 0x7f;
                int signal = told & SignalMask;
                _exitCode = signal == 0 ? told >> 8 : null;
                _signal = signal == 0 ? null : signal;
            }

            _hasExited = true;
            _descriptor.Dispose();
            _descriptor = Descriptor.None;
            _guard?.Dispose();
            _group?.Dispose();
            if (_isAwaited)
            {
                Monitor.PulseAll(_lock);
            }

            return true;
        }
    }

    /// <summary>Waits, on the pidfd itself, until the child has ended, the time is over or <paramref name="stop"/>, if any, is signalled.</summary>
    /// <returns>Whether it has ended.</returns>
    internal bool Wait(TimeSpan timeout, WakeUp? stop)
    {
        long deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        LibC.pollfd* files = stackalloc LibC.pollfd[2];
        do
        {
            // None where it has been collected, by another thread perhaps.
            int descriptor = _descriptor.Number;
            if (descriptor >= 0)
            {
                long left = deadline == long.MaxValue ? -1 : Math.Clamp(deadline - Environment.TickCount64, 0, int.MaxValue);
                files[0] = new LibC.pollfd { fd = descriptor, events = LibC.POLLIN };
                files[1] = new LibC.pollfd { fd = stop?.Descriptor ?? -1, events = LibC.POLLIN };
                int ready = LibC.poll(files, 2, (int)left);
                if (ready == 0 || (ready > 0 && files[1].revents != 0))
                {
                    return TryCollect();
                }
            }
        }
        while (!TryCollect());

        return true;
    }

    /// <summary>Blocks until somebody has collected the child.</summary>
    internal void WaitUntilCollected()
    {
        lock (_lock)
        {
            _isAwaited = true;
            while (!_hasExited)
            {
                Monitor.Wait(_lock);
            }
        }
    }

    /// <summary>Sends a signal; nothing where it has ended. EPERM cannot happen to a child of one's own user.</summary>
    internal bool Send(int signal)
    {
        lock (_lock)
        {
            return !_hasExited && LibC.syscall4(LibC.SYS_pidfd_send_signal, _descriptor.Number, signal, 0, 0) == 0;
        }
    }

    /// <summary>Ends it: TERM, and KILL if it is still there after a while. PID 1 of a pid namespace, which TERM may not reach, included.</summary>
    internal void Stop(TimeSpan grace)
    {
        Send(LibC.SIGTERM);
        if (!Wait(grace, null))
        {
            Destroy();
        }
    }
}
