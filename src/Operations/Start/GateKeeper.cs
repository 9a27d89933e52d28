using System;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.ControlGroups;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Life;

namespace LinuxNamespaces.Operations.Start;

/// <summary>
/// Opens the gates of one child. While the child waits at a gate, the session does the work of the gate. Where that fails, the child is killed.
/// </summary>
internal sealed unsafe class GateKeeper(SpawnPlan plan, SpawnDescriptors descriptors, UndoStack undo)
{
    /// <summary>The report of a thread whose child needs no waiting for.</summary>
    internal const long CloneReturned = ReaperLoop.ProgramRuns;

    /// <summary>The report of a thread whose child goes on by itself.</summary>
    internal const long CloneGoesOn = -2;

    // Set by the thread that makes the child, before the child can come to a gate.
    private ChildReport? _report;

    /// <summary>The pidfd of a second process that was seen at a gate.</summary>
    internal Descriptor Second { get; private set; } = Descriptor.None;

    /// <summary>The uid the child was seen with; null where nobody looked.</summary>
    internal uint? UserId { get; private set; }

    /// <summary>The guard that signals the program when the session ends; null for none.</summary>
    internal IDisposable? Guard { get; private set; }

    /// <summary>The control group of the child; null for none.</summary>
    internal ControlGroup? Group { get; private set; }

    /// <summary>The failure at a gate; null for none.</summary>
    internal Exception? Failure { get; private set; }

    /// <summary>Takes over the child that is about to be made.</summary>
    internal void Watch(ChildReport report) => _report = report;

    /// <summary>Opens each gate that the child comes to, until its clone has returned.</summary>
    /// <param name="cancellation">Gives the start up at the next gate.</param>
    internal void Open(CancellationToken cancellation)
    {
        int gate = -1;
        int reaper = -1;
        for (long report; (report = ReadReport(reaper)) != CloneReturned;)
        {
            if (report == CloneGoesOn)
            {
                reaper = _report!.Process;
                continue;
            }

            gate++;
            if (Failure is not null)
            {
                continue;
            }

            try
            {
                ChildStep step = FindGate(gate);
                SpawnGate seen = new(HoldWaiting(), _report!.ReadResult, Spawner.StartHelper, undo, cancellation) { Group = Group };
                try
                {
                    step.AtGate!(seen);
                }
                finally
                {
                    Group = seen.Group;
                }

                UserId = seen.UserId ?? UserId;
                Guard = seen.Guard ?? Guard;
                long open = 0;
                _ = LibC.write(descriptors[SpawnDescriptor.GateOpener], &open, sizeof(long));
            }
            catch (Exception exception)
            {
                Failure = exception;
                Kill();
            }
        }
    }

    // The pidfd of the process that waits at a gate.
    private int HoldWaiting()
    {
        int second = _report!.SecondProcessId;
        if (second == 0)
        {
            return _report.Process;
        }

        if (!Second.IsOpen)
        {
            Second = ChildProcess.TryHold(second);
        }

        return Second.IsOpen ? Second.Number : throw Ended(Group);
    }

    private ChildStep FindGate(int number)
    {
        foreach (ChildStep step in plan.Steps)
        {
            if (step.Kind == ChildStepKind.Gate && number-- == 0)
            {
                return step;
            }
        }

        throw new InvalidOperationException("The child came to a gate that is not in its plan.");
    }

    // A reaper that is killed reports nothing.
    private long ReadReport(int reaper)
    {
        long report;
        if (reaper >= 0)
        {
            LibC.pollfd* files = stackalloc LibC.pollfd[2];
            files[0] = new LibC.pollfd { fd = descriptors.Reports, events = LibC.POLLIN };
            files[1] = new LibC.pollfd { fd = reaper, events = LibC.POLLIN };
            while (LibC.poll(files, 2, -1) < 0 && Errno.Last == LibC.EINTR)
            {
            }

            if (files[0].revents == 0)
            {
                return CloneReturned;
            }
        }

        nint got;
        do
        {
            got = LibC.read(descriptors.Reports, &report, sizeof(long));
        }
        while (got < 0 && Errno.Last == LibC.EINTR);

        return got == sizeof(long) ? report : CloneReturned;
    }

    // The first, while a second waits, sleeps in its clone.
    private void Kill()
    {
        foreach (int process in stackalloc int[] { Second.Number, _report!.Process })
        {
            if (process >= 0)
            {
                _ = LibC.syscall4(LibC.SYS_pidfd_send_signal, process, LibC.SIGKILL, 0, 0);
            }
        }
    }

    /// <summary>The error of a child that was killed on its way.</summary>
    /// <param name="group">Its control group, which may have killed it.</param>
    internal static Exception Ended(ControlGroup? group) => group?.Usage.OomKilled == true
        ? new NamespaceException(ErrorIds.OutOfMemory, "The memory limit was reached before the program could run.", "Raise -MemoryLimit: a program needs some megabytes to start.")
        : new LinuxException(LibC.ESRCH, "waitid", "a child that was ended before it could run its program");
}
