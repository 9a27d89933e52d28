using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Commands.Remote.Client;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Enter;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Opens PSSessions whose other ends live inside of namespaces.</summary>
[Cmdlet(VerbsCommon.New, "NamespaceSession", DefaultParameterSetName = InputSet, SupportsShouldProcess = true)]
[OutputType(typeof(PSSession))]
public sealed class NewNamespaceSessionCommand : InsideCommand
{
    private const string InputSet = "InputObject";
    private const string ProcessSet = "ProcessId";
    private const string PathSet = "Path";
    private const string NewSet = "New";

    private static readonly string[] s_existingOnly =
    [
        nameof(Type), nameof(SocketDescriptor), nameof(UserParent), nameof(FollowCredentials), nameof(PreserveCredentials), nameof(Root), nameof(TargetRoot),
        nameof(OuterWorkingDirectory), nameof(TargetWorkingDirectory), nameof(TargetEnvironment), nameof(JoinCgroup), nameof(FollowContext), nameof(UserId), nameof(GroupId),
        nameof(KeepCapabilities), nameof(NoHostPowerShell),
    ];

    private readonly Queue<(IOpeningSession Session, string Label)> _opening = new();
    private ISessionFactory? _factory;
    private LateProgress? _progress;
    private PowerShellProgram? _powerShell;
    private int _begun;
    private int _ended;

    /// <summary>Specifies the targets: PIDs, processes, namespaces, names, paths or containers.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [NamespaceTargetTransform]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget[] InputObject { get; set; } = [];

    /// <summary>Specifies processes, into whose namespaces the sessions lead.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ProcessSet)]
    [Alias("Id", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] ProcessId { get; set; } = [];

    /// <summary>
    /// Specifies the names of the sessions, in the order of the targets. Without another target these are also the names of the net namespaces that the
    /// sessions lead into.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(NamespaceNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Specifies namespace files.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Specifies the types of fresh namespaces, which live as long as the session.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NewSet)]
    [NamespaceTypeTransform]
    [ValidateSet("Cgroup", "Ipc", "Mnt", "Net", "Pid", "Time", "User", "Uts")]
    [AllowEmptyCollection]
    public NamespaceType[] New { get; set; } = [];

    /// <summary>Indicates that a fresh /proc is mounted.</summary>
    [Parameter(ParameterSetName = NewSet)]
    public SwitchParameter MountProc { get; set; }

    /// <summary>Indicates that the session is root in a fresh user namespace.</summary>
    [Parameter(ParameterSetName = NewSet)]
    public SwitchParameter MapRootUser { get; set; }

    /// <summary>Specifies the host name in a fresh uts namespace.</summary>
    [Parameter(ParameterSetName = NewSet)]
    [ValidateNotNullOrEmpty]
    public string? HostName { get; set; }

    /// <summary>Indicates that lo is brought up in a fresh net namespace.</summary>
    [Parameter(ParameterSetName = NewSet)]
    public SwitchParameter LoopbackUp { get; set; }

    /// <summary>Specifies how many sessions are opened at the same time.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary>Specifies how many seconds a session may take to open.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 120;

    /// <summary>Loads what PSSessions need, and begins with the targets that parameters name.</summary>
    protected override void BeginProcessing()
    {
        try
        {
            _factory = SessionAssembly.Load(SessionAssembly.VersionOf(SessionState), MyInvocation.MyCommand.ModuleName.Length == 0 ? null : MyInvocation.MyCommand.Module?.ModuleBase);
        }
        catch (NamespaceException exception)
        {
            ThrowTerminatingError(ErrorRecords.From(exception));
        }

        if (ParameterSetName == NewSet && s_existingOnly.FirstOrDefault(MyInvocation.BoundParameters.ContainsKey) is string other)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.InvalidRequest, $"-{other} is for existing namespaces, not for fresh ones.", "Use New-NamespaceProcess to make new ones next to existing ones.", other));
        }

        _progress = new LateProgress(this, "Opening sessions");
    }

    /// <summary>Begins to open one more session, or more.</summary>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case ProcessSet:
                Begin(ProcessId.Select(id => (id, new Func<NamespaceTarget>(() => new NamespaceTarget(id)))));
                break;
            case InputSet when InputObject is null or { Length: 0 }:
                if (Name.Length == 0)
                {
                    WriteError(ErrorRecords.Create(ErrorIds.TargetNotFound, "No target was given.", "Name one, pipe one in, or make fresh namespaces with -New.", null));
                }

                Begin(Name.Select(name => (name, new Func<NamespaceTarget>(() => new NamespaceTarget(name.Contains('/') ? name : NetNamespacePath.Of(name))))));
                break;
            case PathSet:
                Begin(Path.Select(path => (path, new Func<NamespaceTarget>(() => new NamespaceTarget(Resolve(path))))));
                break;
            case NewSet:
                BeginNew();
                break;
            default:
                Begin(InputObject.Select(target => (target, new Func<NamespaceTarget>(() => target ?? throw new NamespaceException(ErrorIds.TargetNotFound, "No target was given.", "Name one, pipe one in, or make fresh namespaces with -New.")))));
                break;
        }
    }

    /// <summary>Writes the sessions as they open, in the order of the targets.</summary>
    protected override void EndProcessing()
    {
        while (_opening.Count > 0)
        {
            FinishNext();
        }

        _progress!.Complete();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        while (_opening.TryDequeue(out (IOpeningSession Session, string Label) opening))
        {
            opening.Session.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Begin<T>(IEnumerable<(T Given, Func<NamespaceTarget> Target)> targets)
    {
        foreach ((T given, Func<NamespaceTarget> target) in targets)
        {
            Attempt(given, () =>
            {
                using TargetJoin join = Open(target());
                string place = InsideLabel.Of(join);
                if (ShouldProcess(join.Label, "Open a PSSession"))
                {
                    PowerShellPlace shell = PowerShellPlace.Prepare(this, join, FindPowerShell());
                    Begin(shell.ApplyTo(BuildRequest(join)), shell, join.Label, place);
                }
            });
        }
    }

    private void BeginNew()
    {
        FreshNamespaces fresh = new(New, MountProc, MapRootUser, HostName, LoopbackUp);
        if (ShouldProcess(fresh.Label, "Open a PSSession"))
        {
            Attempt(New, () => Begin(fresh.ApplyTo(BuildRequest(null)), new PowerShellPlace(FindPowerShell(), null), fresh.Label, fresh.Label));
        }
    }

    private void Begin(SpawnRequest request, PowerShellPlace shell, string label, string place)
    {
        if (_opening.Count >= ThrottleLimit)
        {
            FinishNext();
        }

        SessionProcess process = SessionProcess.Start(request, shell.Program, shell.StartEnvironment, label);
        _opening.Enqueue((_factory!.Open(process, _begun < Name.Length ? Name[_begun] : null, place, this), label));
        _begun++;
    }

    private void FinishNext()
    {
        (IOpeningSession opening, string label) = _opening.Dequeue();
        using (opening)
        {
            Attempt(label, () =>
            {
                if (opening.Wait(TimeSpan.FromSeconds(TimeoutSec), Stop, out string? failure) is not PSSession session)
                {
                    throw failure is null
                        ? new NamespaceException(ErrorIds.ProcessTimedOut, $"The session to {label} was not open after {TimeoutSec} seconds.", "Try again, or give more time with -TimeoutSec.")
                        : new NamespaceException(ErrorIds.InnerSessionNotStarted, $"No session to {label} could be opened: {failure}", "The files of PowerShell must be readable to the user inside: leave types out with -Type.");
                }

                WriteObject(session);
            });
        }

        _ended++;
        if (_begun > 1)
        {
            _progress!.Report("sessions", _ended, _begun);
        }
    }

    private PowerShellProgram FindPowerShell() => _powerShell ??= PowerShellProgram.Find(SessionState);
}
