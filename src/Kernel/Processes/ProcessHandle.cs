using System;
using System.Runtime.InteropServices;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>
/// A process held by its pidfd and its /proc directory: neither ever passes to a later process with the same
/// number.
/// </summary>
internal sealed class ProcessHandle : IDisposable
{
    private readonly DescriptorHandle? _pidfd;
    private readonly DescriptorHandle _directory;
    private DescriptorHandle? _thread;

    private ProcessHandle(int processId, DescriptorHandle? pidfd, DescriptorHandle directory)
    {
        ProcessId = processId;
        _pidfd = pidfd;
        _directory = directory;
    }

    internal int ProcessId { get; }

    /// <summary>The start time in clock ticks since boot, which identifies the process together with the PID. Null where it has gone.</summary>
    internal ulong? StartTicks => View().TryReadStat(out ProcessStat stat) ? stat.StartTime : null;

    /// <summary>The pidfd, valid while this object is referenced; -1 before Linux 5.3.</summary>
    internal int PidDescriptor => _pidfd?.Number ?? -1;

    /// <summary>
    /// /proc/PID as an O_PATH descriptor, or after <see cref="TryTakeLivingThread"/> that of a thread; reads below it fail with ESRCH once that has gone.
    /// </summary>
    internal int Directory => (_thread ?? _directory).Number;

    /// <summary>Whether its main thread has ended.</summary>
    internal bool HasLostMainThread => View().TryReadStat(out ProcessStat stat) && stat.HasEnded;

    /// <summary>Whether it is a thread of the kernel.</summary>
    internal bool IsKernelThread => View().TryReadStat(out ProcessStat stat) && stat.IsKernelThread;

    /// <summary>Whether it has not been reaped; a zombie still counts.</summary>
    internal bool Exists => Answers(View());

    /// <summary>Null with errno, ENOENT or ESRCH where there is no such process.</summary>
    internal static ProcessHandle? TryOpen(int processId)
    {
        if (!ProcessDirectory.TryOpen(processId, out ProcessDirectory process))
        {
            return null;
        }

        Descriptor pidfd = Processes.PidDescriptor.Open(processId);
        int errno = Errno.Last;
        bool supported = pidfd.IsOpen || Errno.IsUnsupported(errno);

        // The directory still answers: so the number was this process's when the pidfd was opened.
        if (supported && Answers(process))
        {
            return new ProcessHandle(processId, pidfd.IsOpen ? new DescriptorHandle(pidfd) : null, process.Detach());
        }

        errno = supported ? Errno.Last : errno;
        pidfd.Dispose();
        process.Dispose();
        Marshal.SetLastPInvokeError(errno);
        return null;
    }

    /// <summary>Looks at the process through a thread that lives, because the main thread has ended; false where none lives.</summary>
    internal bool TryTakeLivingThread()
    {
        bool found = View().TryOpenLivingThread(out ProcessDirectory thread, out _);
        _thread?.Dispose();
        _thread = found ? thread.Detach() : null;
        return found;
    }

    /// <summary>Its /proc directory to read from; not to be disposed of.</summary>
    internal ProcessDirectory View() => new(Descriptor.FromResult(_directory.Number), ProcessId);

    // Looking for one of its files is enough, and cheaper than reading it.
    private static bool Answers(in ProcessDirectory process) => FileStatus.TryGet(process.Descriptor, "stat\0"u8, out _);

    public void Dispose()
    {
        _pidfd?.Dispose();
        _thread?.Dispose();
        _directory.Dispose();
    }
}
