using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Parts;

namespace LinuxNamespaces.Operations.Start;

/// <summary>Turns a request into the steps of a child. The order matters throughout, and is explained where it does.</summary>
internal sealed class SpawnPlanner
{
    // After the standard three.
    private const int FirstNumber = 3;

    private readonly SpawnRequest _request;
    private readonly HashSet<NamespaceType> _types;
    private readonly SpawnFailure _failure;
    private readonly List<ChildStep> _steps = [];

    // The namespaces that pass the first clone by and are made by unshare in the child.
    private readonly NamespaceType[] _unshared;
    private readonly bool _needsSecondClone;
    private readonly bool _dropsGroupsFirst;
    private readonly bool _writesOwnMaps;
    private readonly bool _sharesMemoryInSecondClone = true;
    private readonly ChildDescriptors _descriptors;

    private SpawnPlanner(SpawnRequest request)
    {
        _request = request;
        _types = [.. request.Types];
        _failure = new SpawnFailure(request);

        // With joins, for another owner and without groups the child must be somewhere, or someone, else first. CLONE_NEWTIME is no flag of
        // clone(2).
        _dropsGroupsFirst = IdentitySteps.MustDropGroupsFirst(request);
        bool later = request.Join.Count > 0 || request.Owner is not null || _dropsGroupsFirst;

        // PID 1 of a new pid namespace cannot be who makes the second process: the kernel refuses it CLONE_PARENT.
        bool timeNeedsFork = _types.Contains(NamespaceType.Time) && !KernelFeatures.TimeNamespaceEnteredByExec;
        _unshared = [.. _types.Where(type => later || type == NamespaceType.Time || (timeNeedsFork && type == NamespaceType.Pid)).Order()];
        _sharesMemoryInSecondClone = !timeNeedsFork;
        _writesOwnMaps = IdMapSteps.CanWrite(request);
        _needsSecondClone = timeNeedsFork || _unshared.Contains(NamespaceType.Pid) || request.Join.Any(ns => ns.Type == NamespaceType.Pid);
        _descriptors = new ChildDescriptors(NeedsNoneOfSession && StandardStreams.AreOpen);
    }

    // Another uid's processes, and those of a joined pid or user namespace, must not get at the session's memory through the child: to
    // all others it is as much out of reach as the session itself. A time namespace is joined only by who shares no memory.
    private bool HasPrivateMemory => ChangesIds || !_sharesMemoryInSecondClone
        || _request.Join.Any(ns => ns.Type is NamespaceType.Pid or NamespaceType.User or NamespaceType.Time);

    private bool JoinsUser => _request.Join.Any(ns => ns.Type == NamespaceType.User);

    private bool ChangesIds => _request.UserId is not null || _request.GroupId is not null || _request.Owner is not null;

    private bool NeedsFirstGate => HasMapsForSession || _request.MonotonicOffset is not null || _request.BootTimeOffset is not null;

    private bool HasMapsForSession => !_writesOwnMaps && (_request.UserMap is not null || _request.GroupMap is not null || _request.SetGroups is not null);

    private bool NeedsLastGate => _request.Join.Count > 0 || _request.Persist.Count > 0 || _request.ParentDeathSignal is not null
        || _needsSecondClone || ChecksWorkingDirectory;

    // A path may lead out of a root by a magic link; a directory handed over is meant to.
    private bool ChecksWorkingDirectory => _request.WorkingDirectory is not null && (_request.Root is not null
        || _request.RootDirectory is not null || _request.Join.Any(ns => ns.Type == NamespaceType.Mnt));

    private bool UsesScratchDescriptor => _request.LoopbackUp || _request.Interpreter is not null || _request.NetView is not null
        || _request.SecurityContext is not null || _writesOwnMaps;

    // A child that uses no descriptor the session holds is made with the session's table, and takes the standard three of it: a copy of all, and
    // their closing at execve, is spared.
    private bool NeedsNoneOfSession => !NeedsFirstGate && !NeedsLastGate && _request.Descriptors.Count == 0
        && _request.StandardInput is null && _request.StandardOutput is null && _request.StandardError is null
        && _request.RootDirectory is null && _request.StartDirectory is null && _request.ControlGroups.Count == 0 && _request.SecurityContext is null
        && (RecordSteps.NeedNoProc || _request.Root is null) && !(_writesOwnMaps && ThreadNamespaces.IsAway);

    /// <summary>Makes the plan, or says why there can be none.</summary>
    /// <exception cref="NamespaceException">What was asked for contradicts itself or cannot be.</exception>
    internal static SpawnPlan Create(SpawnRequest request)
    {
        if (!ChildProgram.IsSupported)
        {
            throw new NamespaceException(
                "SpawnNotSupported",
                "This system's C library has no makecontext(3), which children are started with.",
                "Use a distribution with glibc on x64 or arm64.");
        }

        if (!PidDescriptor.AreSupported)
        {
            throw SpawnFailure.KernelTooOld("hold a child by a descriptor (pidfd_open(2))", null);
        }

        return new SpawnPlanner(request).Create();
    }

    private SpawnPlan Create()
    {
        SpawnValidation.Check(_request, _types);
        if (_descriptors.AreOwn)
        {
            AddCloseRange(FirstNumber, LibC.CLOSE_RANGE_UNSHARE);
        }

        AddWaiting();
        if (_request.InitialDirectory is string initial)
        {
            // As the session, which may go where the user inside may not.
            Add("chdir", LibCExports.chdir, [initial], $"start from {SafeText.Escape(initial)}", SafeText.Escape(initial), explain: _failure.WorkingDirectory);
        }

        JoinSteps.AddTo(_steps, _request.Join, _request.PreserveCredentials);
        IdentitySteps.AddOwner(_steps, _request);
        if (_dropsGroupsFirst)
        {
            IdentitySteps.DropGroups(_steps, mayFail: false);
        }

        AddUnshare();
        AddMaps();
        AddSecondClone();
        FreeScratch();
        PlaceSteps.AddTo(_steps, _request, _failure);
        NameSteps.AddTo(_steps, _request, _descriptors);
        new MountSteps(_request, _types, _descriptors, _failure).AddTo(_steps);
        AddWorkingDirectory();
        RecordSteps.AddTo(_steps, _request, _types, _descriptors);
        IdentitySteps.AddTo(_steps, _request, inOtherUserNamespace: _types.Contains(NamespaceType.User) || JoinsUser);
        AddLastGate();
        AddFinish();
        return new SpawnPlan
        {
            Request = _request,
            CloneTypes = [.. _types.Where(type => !_unshared.Contains(type)).Order()],
            HasPrivateMemory = HasPrivateMemory,
            SharesDescriptors = _descriptors.AreOwn,
            Steps = _steps,
            Programs = ProgramPath.Candidates(_request),
            Arguments = [ProgramPath.CalledName(_request), .. _request.Arguments],
            Environment = _request.Environment,
        };
    }

    private void AddWaiting()
    {
        if (NeedsFirstGate || NeedsLastGate)
        {
            DieWithSession();
            Add("close", LibCExports.close, [SpawnDescriptor.GateOpener], mayFail: true);
        }

        // A property of the memory: not of the session's.
        if (_request.Join.Count > 0 && HasPrivateMemory)
        {
            Add("prctl", LibCExports.prctl, [LibC.PR_SET_DUMPABLE, 0]);
        }
    }

    private void DieWithSession() => Add("prctl", LibCExports.prctl, [LibC.PR_SET_PDEATHSIG, LibC.SIGKILL]);

    private void AddUnshare()
    {
        if (_unshared.Length > 0)
        {
            int flags = _unshared.Aggregate(0, (mask, type) => mask | type.CloneFlag());
            _steps.Add(new ChildStep("unshare", LibCExports.unshare, flags)
            {
                Text = "make new " + string.Join(", ", _unshared.Select(type => type.KernelName())),
                Explain = _failure.NewNamespaces,
            });
        }
    }

    private void AddMaps()
    {
        if (_writesOwnMaps)
        {
            FreeScratch();
            IdMapSteps.AddTo(_steps, _request, _descriptors, _failure);
        }

        if (NeedsFirstGate)
        {
            IEnumerable<string> work = (HasMapsForSession ? IdMapSteps.Describe(_request) : []).Concat(TimeOffsetsWriter.Describe(_request));
            _steps.Add(ChildStep.Gate("the session writes " + string.Join(", ", work), gate =>
            {
                if (HasMapsForSession)
                {
                    IdMapWriter.Write(gate, _request);
                }

                TimeOffsetsWriter.Write(gate.ProcessId, _request);
            }));
        }
    }

    private void FreeScratch()
    {
        if (UsesScratchDescriptor && !_descriptors.AreOwn)
        {
            Add("close", LibCExports.close, [_descriptors.Scratch], mayFail: true);
        }
    }

    private void AddSecondClone()
    {
        if (_needsSecondClone)
        {
            _steps.Add(ChildStep.Clone(
                _sharesMemoryInSecondClone ? LibC.CLONE_VM : 0, "go on in a second process, which is inside", _failure.SecondClone));
            if (NeedsLastGate)
            {
                DieWithSession();
            }
        }
    }

    private void AddWorkingDirectory()
    {
        string? directory = _request.WorkingDirectory;
        if (directory is null)
        {
            return;
        }

        Add("chdir", LibCExports.chdir, [directory], $"work in {SafeText.Escape(directory)}", SafeText.Escape(directory), explain: _failure.WorkingDirectory);
        if (ChecksWorkingDirectory)
        {
            // The call itself: glibc's getcwd goes looking where the kernel says that a directory is out of reach.
            Add("getcwd", LibCExports.syscall, [SystemCallNumber.getcwd, StepArgument.Result(SpawnResult.WorkingDirectory), ChildProgram.PathSize], mayFail: true);
        }
    }

    private void AddLastGate()
    {
        if (NeedsLastGate)
        {
            // Set again: a change of ids has taken it back.
            Add(
                "prctl",
                LibCExports.prctl,
                [LibC.PR_SET_PDEATHSIG, _request.ParentDeathSignal ?? LibC.SIGKILL],
                _request.ParentDeathSignal is int signal ? $"the end of the session sends the program {SignalName.Of(signal)}" : null);
            string work = string.Join(", ", new[]
            {
                _needsSecondClone ? "takes hold of the second process" : null,
                _request.Join.Count > 0 ? "compares the namespaces with those wanted" : null,
                ChecksWorkingDirectory ? "checks that the working directory is inside of the root" : null,
                _request.Persist.Count > 0 ? "binds " + string.Join(", ", _request.Persist.Select(pin => $"{pin.Key.KernelName()} to {SafeText.Escape(pin.Value)}")) : null,
                _request.ParentDeathSignal is not null ? "is seen to be there still" : null,
            }.Where(text => text is not null));
            _steps.Add(ChildStep.Gate("the session " + work, gate =>
            {
                SpawnChecks.Joined(gate, _request);
                if (JoinsUser)
                {
                    gate.UserId = SpawnChecks.ReadUserId(gate.ProcessId);
                }

                if (ChecksWorkingDirectory)
                {
                    SpawnChecks.WorkingDirectory(gate, _request);
                }

                NamespacePins.Bind(gate, _request, _failure);
            }));
        }
    }

    private void AddFinish()
    {
        if ((NeedsFirstGate || NeedsLastGate) && _request.ParentDeathSignal is null)
        {
            Add("prctl", LibCExports.prctl, [LibC.PR_SET_PDEATHSIG, 0]);
        }

        if (_request.OwnProcessGroup)
        {
            Add("setpgid", LibCExports.setpgid, [0, 0], mayFail: true);
        }

        PlaceSteps.AddContext(_steps, _request, _descriptors);
        if (_descriptors.AreOwn)
        {
            return;
        }

        if (_request.StandardInput is not null || UsesScratchDescriptor || IsPassed(0))
        {
            AddStream(SpawnDescriptor.StandardInput, 0, _request.StandardInput);
        }

        if (_request.StandardOutput is not null || IsPassed(1))
        {
            AddStream(SpawnDescriptor.StandardOutput, 1, _request.StandardOutput);
        }

        if (_request.StandardError is not null || IsPassed(2))
        {
            AddStream(SpawnDescriptor.StandardError, 2, _request.StandardError);
        }

        int first = FirstNumber;
        for (; IsPassed(first); first++)
        {
            AddStream(SpawnDescriptor.Passed + first - FirstNumber, first, null);
        }

        AddCloseRange(first, LibC.CLOSE_RANGE_CLOEXEC);

        // Last, so that a start that fails before costs nobody the content of a file. What has no length needs none.
        AddTruncate(1, _request.StandardOutput);
        AddTruncate(2, _request.StandardError);
    }

    private void AddCloseRange(int first, int flags) =>
        Add("close_range", LibCExports.syscall, [LibC.SYS_close_range, first, uint.MaxValue, flags], explain: SpawnFailure.CloseRange);

    private void AddTruncate(int number, string? file)
    {
        if (file is not null && !IsPassed(number))
        {
            Add("ftruncate", LibCExports.ftruncate, [number, 0], mayFail: true);
        }
    }

    private bool IsPassed(int number) => number < _request.Descriptors.Count && _request.Descriptors[number] is not null;

    private void AddStream(SpawnDescriptor from, int to, string? file) =>
        Add("dup2", LibCExports.dup2, [from, to], file is null ? null : $"descriptor {to} is {SafeText.Escape(file)}");

    private void Add(
        string call,
        nint function,
        StepArgument[] arguments,
        string? text = null,
        string? subject = null,
        bool mayFail = false,
        Func<LinuxException, NamespaceException?>? explain = null) =>
        _steps.Add(new ChildStep(call, function, arguments) { Text = text, Subject = subject, MayFail = mayFail, Explain = explain });
}
