using System;
using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Starts a program in new namespaces.</summary>
[Cmdlet(VerbsCommon.New, "NamespaceProcess", SupportsShouldProcess = true)]
[OutputType(typeof(NamespaceProcess))]
public sealed class NewNamespaceProcessCommand : ConfinedProcessCommand
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private WakeUp? _stop;
    private readonly CancellationTokenSource _cancellation = new();

    /// <summary>The namespaces to make; other parameters add the types they need.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [NamespaceTypeTransform]
    public NamespaceType[]? Type { get; set; } = [];

    /// <summary>Existing namespaces to join: of a process, all in which it is not with us, but for the types that are to be new.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [NamespaceTargetTransform]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget[]? Join { get; set; } = [];

    /// <summary>The program: a path, or a name that is looked for in PATH. Without one, the user's shell as a login shell.</summary>
    [Parameter(Position = 0)]
    [Alias("Path")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProgramCompleter))]
    public string? FilePath { get; set; }

    /// <summary>Its arguments, each passed as it is.</summary>
    [Parameter(Position = 1, ValueFromRemainingArguments = true)]
    [Alias("Args")]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [AllowNull]
    public string[]? ArgumentList { get; set; } = [];

    /// <summary>Waits until the program has ended.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Waits at most so long, then ends the program and writes an error.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [ValidateRange(0.001, 2147483)]
    public double? TimeoutSec { get; set; }

    /// <summary>Where to bind the new namespaces, so that they stay without a process: a path for each type.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public IDictionary? Persist { get; set; }

    /// <summary>The program ends when the session does, however that ends.</summary>
    [Parameter]
    public SwitchParameter KillWithParent { get; set; }

    /// <summary>The signal it gets then; KILL where none is given.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SignalCompleter))]
    public string? ParentDeathSignal { get; set; }

    /// <summary>Makes PID 1 of a new pid namespace a reaper that hands signals on to the program and ends with it.</summary>
    [Parameter]
    public SwitchParameter Init { get; set; }

    /// <summary>Mounts a new /proc.</summary>
    [Parameter]
    public SwitchParameter MountProc { get; set; }

    /// <summary>Mounts it there.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? ProcDirectory { get; set; }

    /// <summary>Mounts a new binfmt_misc on /proc/sys/fs/binfmt_misc.</summary>
    [Parameter]
    public SwitchParameter MountBinfmt { get; set; }

    /// <summary>Mounts it there.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? BinfmtDirectory { get; set; }

    /// <summary>Registers an interpreter with a new binfmt_misc: a line as described in the kernel's documentation.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? LoadInterpreter { get; set; }

    /// <summary>How mounts propagate into and out of the new mount namespace.</summary>
    [Parameter]
    [ValidateNotNull]
    public MountPropagation Propagation { get; set; } = MountPropagation.Private;

    /// <summary>The program's root directory.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>Where the program starts; inside of the root where there is one.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>The uid it runs as, as it is inside.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [AccountTransform(isUser: true)]
    [ArgumentCompleter(typeof(AccountCompleter))]
    public uint? UserId { get; set; }

    /// <summary>The gid it runs as; drops supplementary groups.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [AccountTransform(isUser: false)]
    [ArgumentCompleter(typeof(AccountCompleter))]
    public uint? GroupId { get; set; }

    /// <summary>The caller is this user inside: a name or a number.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccountCompleter))]
    public string? MapUser { get; set; }

    /// <summary>The caller's group is this one inside.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccountCompleter))]
    public string? MapGroup { get; set; }

    /// <summary>The caller is root inside.</summary>
    [Parameter]
    public SwitchParameter MapRootUser { get; set; }

    /// <summary>The caller is themself inside.</summary>
    [Parameter]
    public SwitchParameter MapCurrentUser { get; set; }

    /// <summary>Ranges of user ids: inner:outer:count, auto, subids or all.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(IdMapCompleter))]
    public string[]? UidMap { get; set; } = [];

    /// <summary>Ranges of group ids.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(IdMapCompleter))]
    public string[]? GidMap { get; set; } = [];

    /// <summary>Maps the first ranges /etc/subuid and /etc/subgid give the caller, from 0 on.</summary>
    [Parameter]
    public SwitchParameter MapAuto { get; set; }

    /// <summary>Maps them to themselves.</summary>
    [Parameter]
    public SwitchParameter MapSubIds { get; set; }

    /// <summary>Specifies the owner of the new user namespace, as user:group.</summary>
    [Parameter]
    [ValidatePattern("^[^:]+:[^:]+$")]
    [ArgumentCompleter(typeof(AccountCompleter))]
    public string? Owner { get; set; }

    /// <summary>Whether setgroups(2) may be called inside.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public SetGroupsPolicy? SetGroups { get; set; }

    /// <summary>The program keeps its capabilities, whatever its uid.</summary>
    [Parameter]
    public SwitchParameter KeepCapabilities { get; set; }

    /// <summary>Specifies how far the monotonic clock is ahead inside: a TimeSpan, or a number of seconds.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [SecondsTransform]
    public TimeSpan? MonotonicOffset { get; set; }

    /// <summary>Specifies how far the boot-time clock, and so the uptime, is ahead inside: a TimeSpan, or a number of seconds.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [SecondsTransform]
    public TimeSpan? BootTimeOffset { get; set; }

    /// <summary>Starts with no variables but those of -KeepEnvironment and -Environment.</summary>
    [Parameter]
    public SwitchParameter ClearEnvironment { get; set; }

    /// <summary>The only variables of the session to be kept.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string[]? KeepEnvironment { get; set; }

    /// <summary>Variables to set; null removes one.</summary>
    [Parameter]
    public IDictionary? Environment { get; set; }

    /// <summary>The host name inside.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? HostName { get; set; }

    /// <summary>The NIS domain name inside.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? DomainName { get; set; }

    /// <summary>Brings lo up inside.</summary>
    [Parameter]
    public SwitchParameter LoopbackUp { get; set; }

    /// <summary>The file to read from; $null reads nothing.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? RedirectStandardInput { get; set; }

    /// <summary>The file to write to; $null throws the output away.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? RedirectStandardOutput { get; set; }

    /// <summary>The file to write errors to, which may be that of the output; $null throws them away.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? RedirectStandardError { get; set; }

    private bool IsAwaited => Wait || TimeoutSec is not null;

    /// <summary>Refuses what comes down a pipeline: the program would be started all the same, without it.</summary>
    protected override void BeginProcessing()
    {
        if (MyInvocation.ExpectingInput)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.InvalidRequest, "New-NamespaceProcess takes nothing from the pipeline.", "Give what is to be joined to -Join, and a file to read to -RedirectStandardInput.", FilePath));
        }
    }

    /// <summary>Starts the program, waits for it where that is asked for, and writes its object.</summary>
    protected override void EndProcessing()
    {
        try
        {
            Require(FilePath, PlanAndStart);
        }
        catch (PipelineStoppedException) when (_cancellation.IsCancellationRequested && !Stopping)
        {
            WriteError(ErrorRecords.Create(
                ErrorIds.ProcessTimedOut, $"The program had not been started after {TimeoutSec} seconds.", "Give more time with -TimeoutSec.", FilePath));
        }
    }

    private void PlanAndStart()
    {
        _stop = new WakeUp();
        ProgramWords.Check(MyInvocation, ArgumentList ?? []);
        SandboxDefaults.Apply(this);
        SpawnRequestBuilder builder = new(this);
        using JoinTargets joins = JoinTargets.Open(Join ?? [], builder.Types, _cancellation.Token);
        SpawnPlan plan = SpawnPlanner.Create(builder.Build(joins.Namespaces, ownProcessGroup: !IsAwaited));
        if (CommonSwitch.IsVerbose(this))
        {
            foreach (string line in plan.Describe())
            {
                WriteVerbose(line);
            }
        }

        if (Confirms(plan))
        {
            Start(plan);
        }
    }

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing()
    {
        _cancellation.Cancel();
        _stop?.Signal();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _stop?.Dispose();
        _cancellation.Dispose();
        base.Dispose(disposing);
    }

    // -WhatIf says each step, and what would fail.
    private bool Confirms(SpawnPlan plan)
    {
        string target = string.Join(' ', plan.Arguments);
        if (!CommonSwitch.IsTrial(this))
        {
            return ShouldProcess(target, plan.DescribeAction());
        }

        foreach (NamespaceException failure in StartParts.Forecast(plan))
        {
            WriteWarning($"This would fail: {failure.Message} {failure.Remedy}");
        }

        return ShouldProcess(string.Join("\n  ", [$"{plan.DescribeAction()}: {target}", .. plan.Describe()]), null, null);
    }

    private void Start(SpawnPlan plan)
    {
        NamespaceProcess process;
        bool isInTime;
        long begin = Stopwatch.GetTimestamp();
        using (IsAwaited ? ForegroundTerminal.Lend() : null)
        using (ForwardedTermination? termination = IsAwaited ? ForwardedTermination.Begin() : null)
        {
            if (TimeoutSec is double seconds)
            {
                _cancellation.CancelAfter(TimeSpan.FromSeconds(seconds));
            }

            process = Spawner.Start(plan, _cancellation.Token);
            termination?.To(ChildProcess.Of(process)!);
            try
            {
                isInTime = !IsAwaited || Await(ChildProcess.Of(process)!, begin);
            }
            catch
            {
                ChildProcess.Of(process)!.Destroy();
                throw;
            }
        }

        ChildReaper.Add(ChildProcess.Of(process)!);
        WriteObject(process);
        if (!isInTime && !Stopping)
        {
            WriteError(ErrorRecords.Create(
                ErrorIds.ProcessTimedOut, $"{process} did not exit within {TimeoutSec} seconds.", "Give more time with -TimeoutSec.", process));
        }
    }

    // Leaves no child behind that the user believes to be gone.
    private bool Await(ChildProcess child, long begin)
    {
        TimeSpan left = TimeoutSec is double seconds ? TimeSpan.FromSeconds(seconds) - Stopwatch.GetElapsedTime(begin) : Timeout.InfiniteTimeSpan;
        if (child.Wait(TimeoutSec is null || left > TimeSpan.Zero ? left : TimeSpan.Zero, _stop))
        {
            return true;
        }

        child.Stop(s_grace);
        return false;
    }
}
