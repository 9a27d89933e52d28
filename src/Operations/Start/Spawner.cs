using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Contexts;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;

namespace LinuxNamespaces.Operations.Start;

/// <summary>Runs plans. The only place in the module that starts a program.</summary>
internal sealed unsafe class Spawner
{
    private const int MaxTries = 100;

    private readonly SpawnPlan _plan;
    private readonly SpawnDescriptors _descriptors;
    private readonly ChildMemory _memory;
    private readonly GateKeeper? _gates;
    private readonly bool _isBrief;

    // For the thread that has to outlive the child.
    private readonly TaskCompletionSource<ChildProcess?>? _process;

    // Set by the thread that makes the child, read by the thread that asked for it.
    private ChildReport? _report;
    private int _cloneResult;
    private int _cloneErrno;
    private Exception? _exception;

    private Spawner(SpawnPlan plan, SpawnDescriptors descriptors, ChildMemory memory, UndoStack undo, bool isBrief)
    {
        _isBrief = isBrief;
        _plan = plan;
        _descriptors = descriptors;
        _memory = memory;
        _gates = plan.HasGates ? new GateKeeper(plan, descriptors, undo) : null;
        _process = (plan.IsHeld || plan.Request.ParentDeathSignal != LibC.SIGKILL) && !plan.StaysAsReaper ? null : new TaskCompletionSource<ChildProcess?>();
    }

    /// <summary>
    /// Starts a program that may have been written a moment ago. Children that are made at the same time have copies of all descriptors until they execute theirs, and
    /// Linux executes no file that is open for writing: then it is tried again.
    /// </summary>
    /// <exception cref="NamespaceException">Something refused; nothing is left behind.</exception>
    internal static NamespaceProcess StartFresh(SpawnRequest request)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                return Start(SpawnPlanner.Create(request));
            }
            catch (NamespaceException exception) when (tries < MaxTries && exception.GetBaseException() is LinuxException { NativeErrorCode: LibC.ETXTBSY })
            {
                Thread.Sleep(1 + tries);
            }
        }
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

            // A child that nothing is done for leaves nothing when it fails: so it is made with brief checks, and once more where these do not say what has failed.
            return (plan.HasGates ? null : Run(isBrief: true)) ?? Run(isBrief: false)!;

            NamespaceProcess? Run(bool isBrief)
            {
                using ChildMemory memory = ChildMemory.Rent(ChildProgramSize.Bytes(plan), plan.StaysAsReaper);
                Spawner spawner = new(plan, descriptors, memory, undo, isBrief);
                if (spawner._gates is GateKeeper gates)
                {
                    spawner.RunWithGates(gates, cancellation);
                }
                else
                {
                    spawner.Clone();
                }

                return spawner.Finish();
            }
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
                ChildProgram program = ChildProgram.Compile(_plan, _descriptors.Numbers, _memory, _isBrief);
                _report = program.Report;
                _gates?.Watch(program.Report);
                _cloneResult = program.Run();
                _cloneErrno = _cloneResult < 0 ? Errno.Last : 0;
            }
        }
        catch (Exception exception)
        {
            _exception = exception;
        }
    }

    private void RunWithGates(GateKeeper gates, CancellationToken cancellation)
    {
        ManualResetEventSlim returned = new(false);
        SpawnThread.Run(() =>
        {
            Clone();
            long mark = _plan.StaysAsReaper && _exception is null && gates.Failure is null && _cloneResult > 0 ? GateKeeper.CloneGoesOn : GateKeeper.CloneReturned;
            _ = LibC.write(_descriptors[SpawnDescriptor.GateReached], &mark, sizeof(long));
            returned.Set();
            KeepThread();
        });

        gates.Open(cancellation);
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

    // Null where it has failed and nobody knows in which step.
    private NamespaceProcess? Finish()
    {
        ChildProcess? first = _report?.Process >= 0 ? new ChildProcess(_cloneResult, Descriptor.FromResult(_report.Process)) : null;
        ChildProcess? second = _gates?.Second.IsOpen == true ? new ChildProcess(_report!.SecondProcessId, _gates.Second) : null;
        ChildProcess? child = null;
        try
        {
            if (_isBrief && _exception is null && _cloneErrno == 0 && _report!.IsVague)
            {
                first!.Destroy();
                return null;
            }

            ThrowOnFailure();
            if (second is not null)
            {
                // It ends when the second has begun with its program; but where it is killed, that still prepares for it.
                first!.Wait(Timeout.InfiniteTimeSpan, null);
                if (first.Signal is not null)
                {
                    throw GateKeeper.Ended(_gates?.Group);
                }
            }

            NamespaceProcess process = StartedProcess.Create(second ?? first!, _plan, _report!, _gates?.UserId);
            child = ChildProcess.Of(process)!;
            child.Guard = _gates?.Guard;
            child.Group = _gates?.Group;
            return process;
        }
        catch
        {
            _gates?.Guard?.Dispose();
            first?.Destroy();
            (second ?? FindSecond())?.Destroy();
            _gates?.Group?.Dispose();
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
        int id = _report?.SecondProcessId ?? 0;
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

    /// <summary>Starts a program that does something to a child. It is looked for in PATH alone: the working directory may contain anything.</summary>
    internal static ChildProcess StartHelper(string program, IReadOnlyList<string> arguments, SafeHandle output, SafeHandle? input)
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

    private void ThrowOnFailure()
    {
        if ((_exception ?? _gates?.Failure) is Exception exception)
        {
            ExceptionDispatchInfo.Throw(exception);
        }

        if (_cloneErrno != 0)
        {
            LinuxException failure = new(_cloneErrno, _plan.NewerFlags == 0 ? "clone" : "clone3");
            throw new NewNamespacesPart(_plan.Request).Refused(failure) ?? (Exception)failure;
        }

        if (_report!.TryGetFailure(out ChildStep? step, out int errno))
        {
            if (step is null)
            {
                throw ProgramPart.Refused(_plan.Request, errno);
            }

            LinuxException failure = new(errno, step.Call, step.Subject);
            throw step.Explain?.Invoke(failure) ?? (Exception)failure;
        }

        // Somebody has killed it, or the one that made it.
        if (!_report.IsPrepared)
        {
            throw GateKeeper.Ended(_gates?.Group);
        }
    }
}
