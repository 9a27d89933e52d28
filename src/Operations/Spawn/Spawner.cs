using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>Runs plans. The only place in the module that makes a child.</summary>
internal sealed unsafe class Spawner
{
    private const long CloneReturned = -1;

    private readonly SpawnPlan _plan;
    private readonly SpawnDescriptors _descriptors;
    private readonly ChildMemory _memory;
    private readonly Stack<Action> _undo = new();

    // For the thread that has to outlive the child.
    private readonly TaskCompletionSource<ChildProcess?>? _process;

    // What the thread that makes the child leaves for the one that asked for it. In the child's memory: filled by the kernel.
    private readonly int* _processId;
    private ChildProgram? _program;

    // The pidfd that came with the clone, and that of the process last seen at a gate.
    private Descriptor _first = Descriptor.None;
    private Descriptor _waiting = Descriptor.None;
    private int _waitingId;
    private int _gatesOpened;
    private int _cloneErrno;
    private uint? _userId;
    private Exception? _exception;

    private Spawner(SpawnPlan plan, SpawnDescriptors descriptors, ChildMemory memory)
    {
        _plan = plan;
        _descriptors = descriptors;
        _memory = memory;
        _process = plan.Request.ParentDeathSignal is null ? null : new TaskCompletionSource<ChildProcess?>();
        _processId = (int*)memory.Allocate(sizeof(int));
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
        using SpawnDescriptors descriptors = SpawnDescriptors.Open(plan, cancellation);
        using ChildMemory memory = ChildMemory.Rent(ChildProgram.MeasureMemory(plan));
        Spawner spawner = new(plan, descriptors, memory);
        try
        {
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
            descriptors.RemoveCreated();
            throw;
        }
    }

    private static void Destroy(int processId)
    {
        if (processId > 0)
        {
            _ = LibC.kill(processId, LibC.SIGKILL);
            Collect(processId);
        }
    }

    private static void Collect(int processId)
    {
        byte* info = stackalloc byte[128];
        while (LibC.waitid(LibC.P_PID, (uint)processId, info, LibC.WEXITED | LibC.__WALL) != 0 && Errno.Last == LibC.EINTR)
        {
        }
    }

    // On the calling thread, or on one of its own where there are gates to open. Returns when the program runs or the child has ended.
    private void Clone()
    {
        try
        {
            using (SignalMask.Full())
            {
                _program = ChildProgram.Compile(_plan, _descriptors, _memory, _processId);
                if (_program.Run(out _first) < 0)
                {
                    _cloneErrno = Errno.Last;
                }
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
            long mark = CloneReturned;
            _ = LibC.write(_descriptors[SpawnDescriptor.GateReached], &mark, sizeof(long));
            returned.Set();
            KeepThread();
        });

        OpenGates(cancellation);
        returned.Wait(CancellationToken.None);
    }

    // Whoever the kernel is to tell of the session's death must live as long as the session's child.
    private void KeepThread()
    {
        if (_process?.Task.Result is ChildProcess process)
        {
            process.WaitUntilCollected();
        }
    }

    private void OpenGates(CancellationToken cancellation)
    {
        int gate = -1;
        while (ReadReport() != CloneReturned)
        {
            gate++;
            if (_exception is not null)
            {
                continue;
            }

            try
            {
                ChildStep step = FindGate(gate);
                ChildProgram program = _program!;
                Hold(program.SecondProcessId != 0 ? program.SecondProcessId : *_processId);
                SpawnGate seen = new(_waitingId, program.ReadResult, _undo, cancellation);
                step.AtGate!(seen);
                _userId = seen.UserId ?? _userId;
                long open = 0;
                _ = LibC.write(_descriptors[SpawnDescriptor.GateOpener], &open, sizeof(long));
                _gatesOpened++;
            }
            catch (Exception exception)
            {
                _exception = exception;
                Kill();
            }
        }
    }

    // While it waits its number is its own.
    private void Hold(int processId)
    {
        if (_waitingId != processId)
        {
            Descriptor next = OpenProcess(processId, mayBeGone: false);
            _waiting.Dispose();
            _waiting = next;
            _waitingId = processId;
        }
    }

    private static Descriptor OpenProcess(int processId, bool mayBeGone)
    {
        Descriptor process = PidDescriptor.Open(processId);
        if (!process.IsOpen && !(mayBeGone && Errno.Last == LibC.ESRCH))
        {
            LinuxException.ThrowLast("pidfd_open");
        }

        return process;
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

    private long ReadReport()
    {
        long report;
        nint got;
        do
        {
            got = LibC.read(_descriptors.Reports, &report, sizeof(long));
        }
        while (got < 0 && Errno.Last == LibC.EINTR);

        return got == sizeof(long) ? report : CloneReturned;
    }

    // The one that waits by its descriptor; the first, while a second waits, sleeps in its clone.
    private void Kill()
    {
        foreach (int id in new[] { _program!.SecondProcessId, *_processId })
        {
            if (id > 0)
            {
                _ = id == _waitingId
                    ? LibC.syscall4(LibC.SYS_pidfd_send_signal, _waiting.Number, LibC.SIGKILL, 0, 0)
                    : LibC.kill(id, LibC.SIGKILL);
            }
        }
    }

    // It ends when the second has begun with its program.
    private void CollectFirst(int processId)
    {
        Descriptor process = TakeDescriptor(processId, orOpen: false);
        if (process.IsOpen)
        {
            new ChildProcess(processId, process).Wait(Timeout.InfiniteTimeSpan, null);
        }
        else
        {
            Collect(processId);
        }
    }

    private NamespaceProcess Finish()
    {
        ChildProcess? child = null;
        try
        {
            ThrowOnFailure();
            int id = *_processId;
            if (_program!.SecondProcessId != 0)
            {
                CollectFirst(id);
                *_processId = 0;
                id = _program.SecondProcessId;
            }

            child = new ChildProcess(id, TakeDescriptor(id, orOpen: true));
            return StartedProcess.Create(child, _plan, _program, _userId);
        }
        catch
        {
            if (child is not null)
            {
                child.Destroy();
            }
            else
            {
                End(_program?.SecondProcessId ?? 0);
                End(*_processId);
            }

            while (_undo.TryPop(out Action? undo))
            {
                undo();
            }

            throw;
        }
        finally
        {
            _first.Dispose();
            _waiting.Dispose();
            _process?.TrySetResult(child);
        }
    }

    // Through its descriptor where there is one: the number of who has ended and was waited for by others may be another's.
    private void End(int processId)
    {
        Descriptor process = processId > 0 ? TakeDescriptor(processId, orOpen: false) : Descriptor.None;
        if (process.IsOpen)
        {
            new ChildProcess(processId, process).Destroy();
        }
        else
        {
            Destroy(processId);
        }
    }

    private Descriptor TakeDescriptor(int processId, bool orOpen)
    {
        Descriptor process = Descriptor.None;
        if (processId == _waitingId)
        {
            (process, _waiting) = (_waiting, process);
        }
        else if (processId == *_processId)
        {
            (process, _first) = (_first, process);
        }

        // A second process after the last gate. It may have ended, and another may have waited for it: then there is nothing to hold.
        return process.IsOpen || !orOpen ? process : OpenProcess(processId, mayBeGone: true);
    }

    private void ThrowOnFailure()
    {
        if (_exception is not null)
        {
            ExceptionDispatchInfo.Throw(_exception);
        }

        if (_cloneErrno != 0)
        {
            LinuxException failure = new(_cloneErrno, "clone");
            throw new SpawnFailure(_plan.Request).NewNamespaces(failure) ?? (Exception)failure;
        }

        if (_program!.TryGetFailure(out ChildStep? step, out int errno))
        {
            if (step is null)
            {
                throw SpawnFailure.Program(_plan, errno);
            }

            LinuxException failure = new(errno, step.Call, step.Subject);
            throw step.Explain?.Invoke(failure) ?? (Exception)failure;
        }

        // It did not come to a gate it has: somebody has killed it, or the one that made it.
        if (_plan.HasGates && _gatesOpened < _plan.Steps.Count(step => step.Kind == ChildStepKind.Gate))
        {
            throw new LinuxException(LibC.ESRCH, "waitid", "a child that was ended before it could run its program");
        }
    }
}
