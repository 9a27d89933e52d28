using System;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Threading;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Commands.Remote.Client;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Enter;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Starts an interactive shell, or another program, inside of namespaces.</summary>
[Cmdlet(VerbsCommon.Enter, "Namespace", DefaultParameterSetName = InputSet)]
[OutputType(typeof(void))]
public sealed class EnterNamespaceCommand : RunInsideCommand
{
    private const string InputSet = "InputObject";
    private const string ProcessSet = "ProcessId";
    private const string NameSet = "Name";
    private const string PathSet = "Path";

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly WakeUp _stop = new();
    private NamespaceTarget? _target;
    private bool _isInteractive;

    /// <summary>Specifies the target: a PID, a process, a namespace, a name, a path or a container.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [NamespaceTargetTransform]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget? InputObject { get; set; }

    /// <summary>Specifies a process whose namespaces are the target.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ProcessSet)]
    [Alias("Id", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int ProcessId { get; set; }

    /// <summary>Specifies a named net namespace as the target.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NameSet)]
    [ArgumentCompleter(typeof(NamespaceNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Specifies a namespace file as the target.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Specifies a program to run instead of a shell: a path inside, or a name to look for in PATH.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProgramCompleter))]
    public string? FilePath { get; set; }

    /// <summary>Specifies the arguments; without -FilePath, the program and its arguments. All words after -- are passed on.</summary>
    [Parameter(ValueFromRemainingArguments = true)]
    [Alias("Args")]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Remembers where to: there is only one terminal.</summary>
    protected override void ProcessRecord()
    {
        if (_target is not null)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.InvalidRequest, "Only one target can be entered at a time.", "Use Invoke-NamespaceCommand for several.", InputObject));
        }

        try
        {
            _target = ParameterSetName switch
            {
                ProcessSet => new NamespaceTarget(ProcessId),
                NameSet => new NamespaceTarget(NetNamespacePath.Of(Name!)),
                PathSet => new NamespaceTarget(ResolveTarget(Path!)),
                _ => InputObject,
            };
        }
        catch (NamespaceException exception)
        {
            ThrowTerminatingError(ErrorRecords.From(exception, Path));
        }
    }

    /// <summary>Goes inside and waits until the program has ended.</summary>
    protected override void EndProcessing()
    {
        if (_target is null)
        {
            return;
        }

        Require(_target, () =>
        {
            ArgumentList ??= [];
            ProgramWords.Check(MyInvocation, ArgumentList);
            if (FilePath is null && ArgumentList.Length > 0)
            {
                (FilePath, ArgumentList) = (ArgumentList[0], ArgumentList[1..]);
            }

            using TargetJoin join = Open(_target);
            Run(join);
        });
    }

    /// <summary>Ctrl+C goes to the foreground process of the terminal, as with a program that PowerShell itself runs.</summary>
    protected override void StopProcessing()
    {
        if (!_isInteractive)
        {
            _stop.Signal();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _stop.Dispose();
        base.Dispose(disposing);
    }

    private void Run(TargetJoin join)
    {
        using ForegroundTerminal? terminal = ForegroundTerminal.Lend();
        _isInteractive = terminal is not null;
        using ForwardedTermination termination = ForwardedTermination.Begin();
        ChildProcess child = Start(join, BuildRequest(join));
        termination.To(child);
        bool isInTime = child.Wait(TimeoutSec is double seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan, _stop);
        if (!isInTime)
        {
            child.Stop(s_grace);
        }

        // Null where somebody else took it: nobody knows it, and that is not 0.
        int? code = child.ExitCode ?? (child.Signal is int signal ? 128 + signal : null);
        if (!Stopping)
        {
            if (!isInTime)
            {
                SessionState.PSVariable.Set("global:LASTEXITCODE", code);
                throw new NamespaceException(ErrorIds.ProcessTimedOut, $"The program had not ended after {TimeoutSec} seconds and was terminated.", "Give more time with -TimeoutSec.");
            }

            using NativeOutcome outcome = new(this);
            outcome.Finish(FilePath ?? "sh", code);
        }
    }

    private ChildProcess Start(TargetJoin join, SpawnRequest request)
    {
        if (FilePath is not null)
        {
            return Start(request with { Program = ResolveProgram(FilePath, join.KeepsFiles), Arguments = ProgramArguments.From(ArgumentList) });
        }

        using InsideRoot? root = join.KeepsFiles ? null : InsideRoot.TryOpen(join);
        if (FindPowerShell(join, root) is PowerShellPlace place)
        {
            try
            {
                SpawnRequest own = place.ApplyTo(request);
                string[] start = place.View is null ? [] : [.. place.StartEnvironment, .. HostProgram.DiscreetEnvironment];
                return Start(own with
                {
                    Program = place.Program.Path,
                    Environment = own.Environment.With(start),
                    Arguments = [.. place.Program.Arguments, "-NoLogo", "-NoExit", "-Command", PromptFor(join)],
                });
            }
            catch (NamespaceException exception) when (exception.ErrorId is ErrorIds.ProgramNotFound or ErrorIds.ProgramNotExecutable)
            {
                WriteVerbose(exception.Message);
            }
        }

        return Start(ShellRequest.Complete(request, join, root, PreserveCredentials));
    }

    private static ChildProcess Start(SpawnRequest request) => ChildProcess.Of(Spawner.StartFresh(request))!;

    // Only the session's own: a file of that name in a container is another matter.
    private PowerShellPlace? FindPowerShell(TargetJoin join, InsideRoot? root)
    {
        try
        {
            PowerShellProgram program = PowerShellProgram.Find(SessionState);
            return join.KeepsFiles || root?.HasSame(program.Path) == true ? new PowerShellPlace(program, null) : PowerShellPlace.TryBring(this, join, program);
        }
        catch (NamespaceException exception)
        {
            WriteVerbose(exception.Message);
            return null;
        }
    }

    // The prompt of the user's profile, with the place before it.
    private static string PromptFor(TargetJoin join)
    {
        string place = CodeGeneration.EscapeSingleQuotedStringContent(InsideLabel.Of(join));
        return $"$global:__place = '[{place}] '; $global:__prompt = $function:prompt; function global:prompt {{ $global:__place + (& $global:__prompt) }}";
    }
}
