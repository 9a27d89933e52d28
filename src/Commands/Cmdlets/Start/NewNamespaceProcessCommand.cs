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

    /// <summary>Specifies the types of the new namespaces. Other parameters add the types that they need.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [NamespaceTypeTransform]
    [ValidateSet("Cgroup", "Ipc", "Mnt", "Net", "Pid", "Time", "User", "Uts")]
    public NamespaceType[]? Type { get; set; } = [];

    /// <summary>Specifies existing namespaces to join. A process stands for all its namespaces in which the session is not, except the types that are to be new.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [NamespaceTargetTransform]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget[]? Join { get; set; } = [];

    /// <summary>Specifies the program: a path, or a name to look for in PATH. The default is the user's shell, as a login shell.</summary>
    [Parameter(Position = 0)]
    [Alias("Path")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProgramCompleter))]
    public string? FilePath { get; set; }

    /// <summary>Specifies the arguments, each passed as it is.</summary>
    [Parameter(Position = 1, ValueFromRemainingArguments = true)]
    [Alias("Args")]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [AllowNull]
    public string[]? ArgumentList { get; set; } = [];

    /// <summary>Indicates that the cmdlet waits until the program has exited.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Specifies for how many seconds the cmdlet waits. Then it terminates the program and writes an error.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [ValidateRange(0.001, 2147483)]
    public double? TimeoutSec { get; set; }

    /// <summary>Specifies where the new namespaces are bound, so that they remain without a process: a path for each type.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public IDictionary? Persist { get; set; }

    /// <summary>Indicates that the program is terminated when the session ends, in whatever way.</summary>
    [Parameter]
    public SwitchParameter KillWithParent { get; set; }

    /// <summary>Specifies the signal that the program gets when the session ends. The default is KILL.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SignalCompleter))]
    public string? ParentDeathSignal { get; set; }

    /// <summary>Indicates that PID 1 of a new pid namespace is a reaper, which hands signals on to the program and exits with it.</summary>
    [Parameter]
    public SwitchParameter Init { get; set; }

    /// <summary>Indicates that a new /proc is mounted.</summary>
    [Parameter]
    public SwitchParameter MountProc { get; set; }

    /// <summary>Specifies the directory on which a new /proc is mounted.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? ProcDirectory { get; set; }

    /// <summary>Indicates that a new binfmt_misc is mounted on /proc/sys/fs/binfmt_misc.</summary>
    [Parameter]
    public SwitchParameter MountBinfmt { get; set; }

    /// <summary>Specifies the directory on which a new binfmt_misc is mounted.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? BinfmtDirectory { get; set; }

    /// <summary>Specifies an interpreter to register with a new binfmt_misc, in a line as the kernel's documentation describes it.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? LoadInterpreter { get; set; }

    /// <summary>Specifies how mounts propagate into and out of the new mount namespace.</summary>
    [Parameter]
    [ValidateNotNull]
    public MountPropagation Propagation { get; set; } = MountPropagation.Private;

    /// <summary>Specifies the root directory of the program.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>Specifies the directory in which the program starts, as a path below its root.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>Specifies how far the monotonic clock is ahead inside: a TimeSpan, or a number of seconds.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [SecondsTransform]
    public TimeSpan? MonotonicOffset { get; set; }

    /// <summary>Specifies how far the boot-time clock, and so the uptime, is ahead inside: a TimeSpan, or a number of seconds.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [SecondsTransform]
    public TimeSpan? BootTimeOffset { get; set; }

    /// <summary>Indicates that the program has only the variables of -KeepEnvironment and -Environment.</summary>
    [Parameter]
    public SwitchParameter ClearEnvironment { get; set; }

    /// <summary>Specifies the only variables of the session that the program gets.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string[]? KeepEnvironment { get; set; }

    /// <summary>Specifies variables to set; $null removes one.</summary>
    [Parameter]
    public IDictionary? Environment { get; set; }

    /// <summary>Specifies the host name inside.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? HostName { get; set; }

    /// <summary>Specifies the NIS domain name inside.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? DomainName { get; set; }

    /// <summary>Indicates that lo is up inside.</summary>
    [Parameter]
    public SwitchParameter LoopbackUp { get; set; }

    /// <summary>Specifies the file to read from; $null reads nothing.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? RedirectStandardInput { get; set; }

    /// <summary>Specifies the file to write to; $null discards the output.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyString]
    public string? RedirectStandardOutput { get; set; }

    /// <summary>Specifies the file to write errors to, which may be that of the output; $null discards them.</summary>
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
