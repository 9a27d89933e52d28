using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.ControlGroups;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;

namespace LinuxNamespaces.Operations.Start;

/// <summary>Runs plans. The only place in the module that makes a child.</summary>
internal sealed unsafe class Spawner
{
    // The same of a thread whose child needs no waiting for; and that the child goes on by itself.
    private const long CloneReturned = ReaperLoop.ProgramRuns;
    private const long CloneGoesOn = -2;

    private readonly SpawnPlan _plan;
    private readonly SpawnDescriptors _descriptors;
    private readonly ChildMemory _memory;
    private readonly UndoStack _undo;

    // For the thread that has to outlive the child.
    private readonly TaskCompletionSource<ChildProcess?>? _process;

    // Set by the thread that makes the child, read by the thread that asked for it.
    private ChildProgram? _program;
    private int _cloneResult;
    private int _cloneErrno;

    // The pidfd of a second process that was seen at a gate.
    private Descriptor _second = Descriptor.None;
    private uint? _userId;
    private IDisposable? _guard;
    private ControlGroup? _group;
    private Exception? _exception;

    private Spawner(SpawnPlan plan, SpawnDescriptors descriptors, ChildMemory memory, UndoStack undo)
    {
        _undo = undo;
        _plan = plan;
        _descriptors = descriptors;
        _memory = memory;
        _process = plan.Request.ParentDeathSignal != LibC.SIGKILL && !plan.StaysAsReaper ? null : new TaskCompletionSource<ChildProcess?>();
    }

    /// <summary>
    /// Starts the program and returns when it runs. The child belongs to the caller, who waits for it or gives it to
    /// <see cref="ChildReaper"/>.
    /// </summary>
    /// <exception cref="NamespaceException">Something refused; nothing is left behind.</exception>
    /// <exception cref="OperationCanceledException">The start was given up at a gate; nothing is left behind.</exception>
    /// <exception cref="LinuxException">A call failed in a way the module has no words for; nothing is left behind.</exception>
    internal static NamespaceProcess Start(SpawnPlan plan, CancellationToken cancellation = default)
    {
        UndoStack undo = new();
        try
        {
            using SpawnDescriptors descriptors = SpawnDescriptors.Open(plan, undo, cancellation);
            using ChildMemory memory = ChildMemory.Rent(ChildProgramSize.Bytes(plan), plan.StaysAsReaper);
            Spawner spawner = new(plan, descriptors, memory, undo);
            if (plan.HasGates)
            {
                spawner.RunWithGates(cancellation);
            }
            else
            {
                spawner.Clone();
            }

            return spawner.Finish();
        }
        catch
        {
            undo.Undo();
            throw;
        }
    }

    // On the calling thread, or on one of its own where there are gates to open. Returns when the program runs or the child has ended.
    private void Clone()
    {
        try
        {
            using (SignalMask.Full())
            {
                _program = ChildProgram.Compile(_plan, _descriptors.Numbers, _memory);
                _cloneResult = _program.Run();
                _cloneErrno = _cloneResult < 0 ? Errno.Last : 0;
            }
        }
        catch (Exception exception)
        {
            _exception = exception;
        }
    }

    private void RunWithGates(CancellationToken cancellation)
    {
        ManualResetEventSlim returned = new(false);
        SpawnThread.Run(() =>
        {
            Clone();
            long mark = _plan.StaysAsReaper && _exception is null && _cloneResult > 0 ? CloneGoesOn : CloneReturned;
            _ = LibC.write(_descriptors[SpawnDescriptor.GateReached], &mark, sizeof(long));
            returned.Set();
            KeepThread();
        });

        OpenGates(cancellation);
        returned.Wait(CancellationToken.None);
    }

    // The kernel sends the parent-death signal when this thread ends, so the thread must live as long as the child (prctl(2)).
    private void KeepThread()
    {
        if (_process?.Task.Result is ChildProcess process && _plan.Request.ParentDeathSignal == LibC.SIGKILL)
        {
            process.WaitUntilCollected();
        }
    }

    private void OpenGates(CancellationToken cancellation)
    {
        int gate = -1;
        int reaper = -1;
        for (long report; (report = ReadReport(reaper)) != CloneReturned;)
        {
            if (report == CloneGoesOn)
            {
                reaper = _program!.Process;
                continue;
            }

            gate++;
            if (_exception is not null)
            {
                continue;
            }

            try
            {
                ChildStep step = FindGate(gate);
                SpawnGate seen = new(HoldWaiting(), _program!.ReadResult, StartHelper, _undo, cancellation) { Group = _group };
                try
                {
                    step.AtGate!(seen);
                }
                finally
                {
                    _group = seen.Group;
                }

                _userId = seen.UserId ?? _userId;
                _guard = seen.Guard ?? _guard;
                long open = 0;
                _ = LibC.write(_descriptors[SpawnDescriptor.GateOpener], &open, sizeof(long));
            }
            catch (Exception exception)
            {
                _exception = exception;
                Kill();
            }
        }
    }

    // The pidfd of the process that waits at a gate.
    private int HoldWaiting()
    {
        int second = _program!.SecondProcessId;
        if (second == 0)
        {
            return _program.Process;
        }

        if (!_second.IsOpen)
        {
            _second = ChildProcess.TryHold(second);
        }

        return _second.IsOpen ? _second.Number : throw Ended();
    }

    private ChildStep FindGate(int number)
    {
        foreach (ChildStep step in _plan.Steps)
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
            files[0] = new LibC.pollfd { fd = _descriptors.Reports, events = LibC.POLLIN };
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
            got = LibC.read(_descriptors.Reports, &report, sizeof(long));
        }
        while (got < 0 && Errno.Last == LibC.EINTR);

        return got == sizeof(long) ? report : CloneReturned;
    }

    // The first, while a second waits, sleeps in its clone.
    private void Kill()
    {
        foreach (int process in stackalloc int[] { _second.Number, _program!.Process })
        {
            if (process >= 0)
            {
                _ = LibC.syscall4(LibC.SYS_pidfd_send_signal, process, LibC.SIGKILL, 0, 0);
            }
        }
    }

    private NamespaceProcess Finish()
    {
        ChildProcess? first = _program?.Process >= 0 ? new ChildProcess(_cloneResult, Descriptor.FromResult(_program.Process)) : null;
        ChildProcess? second = _second.IsOpen ? new ChildProcess(_program!.SecondProcessId, _second) : null;
        ChildProcess? child = null;
        try
        {
            ThrowOnFailure();
            if (second is not null)
            {
                // It ends when the second has begun with its program; but where it is killed, that still prepares for it.
                first!.Wait(Timeout.InfiniteTimeSpan, null);
                if (first.Signal is not null)
                {
                    throw Ended();
                }
            }

            NamespaceProcess process = StartedProcess.Create(second ?? first!, _plan, _program!, _userId);
            child = ChildProcess.Of(process)!;
            child.Guard = _guard;
            child.Group = _group;
            return process;
        }
        catch
        {
            _guard?.Dispose();
            first?.Destroy();
            (second ?? FindSecond())?.Destroy();
            _group?.Dispose();
            throw;
        }
        finally
        {
            _process?.TrySetResult(child);
        }
    }

    // One that came to no gate: it failed before, or somebody has killed the first, which does not end it.
    private ChildProcess? FindSecond()
    {
        int id = _program?.SecondProcessId ?? 0;
        try
        {
            return id == 0 ? null : new ChildProcess(id, ChildProcess.TryHold(id));
        }
        catch (LinuxException)
        {
            // No descriptor was left. It dies at the next gate, for the session closes the other end.
            return null;
        }
    }

    // Looked for in PATH alone: what lies in the working directory may be anybody's.
    private static ChildProcess StartHelper(string program, IReadOnlyList<string> arguments, SafeHandle output, SafeHandle? input)
    {
        SpawnRequest request = new()
        {
            Program = program,
            Arguments = arguments,
            Environment = EnvironmentBlock.Of(Environment.GetEnvironmentVariables()),
            StandardInput = input is null ? "/dev/null" : null,
            Descriptors = [input, output, output],
            OwnProcessGroup = input is not null,
        };
        string? path = Environment.GetEnvironmentVariable("PATH");
        return ChildProcess.Of(Start(SpawnPlanner.Create(string.IsNullOrEmpty(path) ? request : request with { SearchPath = path })))!;
    }

    private Exception Ended() => _group?.Usage.OomKilled == true
        ? new NamespaceException(ErrorIds.OutOfMemory, "The memory limit was reached before the program could run.", "Raise -MemoryLimit: a program needs some megabytes to start.")
        : new LinuxException(LibC.ESRCH, "waitid", "a child that was ended before it could run its program");

    private void ThrowOnFailure()
    {
        if (_exception is not null)
        {
            ExceptionDispatchInfo.Throw(_exception);
        }

        if (_cloneErrno != 0)
        {
            LinuxException failure = new(_cloneErrno, "clone");
            throw new NewNamespacesPart(_plan.Request).Refused(failure) ?? (Exception)failure;
        }

        if (_program!.TryGetFailure(out ChildStep? step, out int errno))
        {
            if (step is null)
            {
                throw ProgramPart.Refused(_plan.Request, errno);
            }

            LinuxException failure = new(errno, step.Call, step.Subject);
            throw step.Explain?.Invoke(failure) ?? (Exception)failure;
        }

        // Somebody has killed it, or the one that made it.
        if (!_program.IsPrepared)
        {
            throw Ended();
        }
    }
}
