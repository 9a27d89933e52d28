using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Commands.Remote.Client;
using LinuxNamespaces.Commands.Remote.Wire;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Runs a script block or a program inside of existing or fresh namespaces; what it writes comes back.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "NamespaceCommand", DefaultParameterSetName = ScriptSet)]
[OutputType(typeof(PSObject))]
public sealed class InvokeNamespaceCommandCommand : RunAtTargetCommand
{
    private const string ScriptSet = "ScriptBlock";
    private const string ProgramSet = "Program";
    private const string WordsSet = "Words";

    private readonly List<object?> _input = [];
    private InvocationSink? _sink;
    private InvocationQueue? _queue;
    private LateProgress? _progress;
    private InvocationBuilder? _builder;
    private InputFeed? _feed;
    private TargetJoin? _pending;
    private int _targets;
    private bool _isNew;
    private bool _hasNamedTargets;
    private bool _isStarted;
    private object? _targetWord;

    /// <summary>Specifies the target; the program, where the target is named by a parameter or piped in.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = WordsSet)]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public object? Target { get; set; }

    /// <summary>Specifies the program and its arguments. All words after -- are passed on.</summary>
    [Parameter(ValueFromRemainingArguments = true, ParameterSetName = WordsSet)]
    [ArgumentCompleter(typeof(ProgramCompleter))]
    public object?[] Command { get; set; } = [];

    /// <summary>Specifies the script block to run inside.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ScriptSet)]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>Specifies the program that runs inside: a path there, or a name to look for in PATH.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ProgramSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProgramCompleter))]
    public string FilePath { get; set; } = string.Empty;

    /// <summary>Specifies the arguments of the script block or program.</summary>
    [Parameter(Position = 1, ParameterSetName = ScriptSet)]
    [Parameter(Position = 1, ParameterSetName = ProgramSet)]
    [Alias("Args")]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[] ArgumentList { get; set; } = [];

    /// <summary>
    /// Specifies the targets: PIDs, processes, namespaces, names, paths or containers. Where parameters name the target: input for the program, or $input of
    /// the script block.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    /// <summary>Indicates that the script block runs on the session's own thread, in namespaces that a thread can join.</summary>
    [Parameter(ParameterSetName = ScriptSet)]
    public SwitchParameter InProcess { get; set; }

    /// <summary>Indicates that the output of the program is written as bytes.</summary>
    [Parameter(ParameterSetName = ProgramSet)]
    [Parameter(ParameterSetName = WordsSet)]
    public SwitchParameter AsByteStream { get; set; }

    /// <summary>Specifies how many targets run at the same time.</summary>
    [Parameter]
    [ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = 8;

    /// <summary>Specifies for how many seconds a PowerShell inside is kept for the next script block; 0 keeps none.</summary>
    [Parameter(ParameterSetName = ScriptSet)]
    [ValidateRange(0, 86400)]
    public int IdleTimeoutSec { get; set; } = 10;

    internal bool HasTargetWord => _targetWord is not null;
    private bool IsScript => ScriptBlock is not null;

    /// <summary>Goes to the targets named by parameters, where no input is to be waited for.</summary>
    protected override void BeginProcessing()
    {
        _isNew = InvocationParameters.FirstNew(MyInvocation) is not null;
        _hasNamedTargets = _isNew || ProcessId.Length + Name.Length + Path.Length > 0;
        if (_isNew && InvocationParameters.FirstOfTarget(MyInvocation) is string other)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.InvalidRequest, $"-{other} is for existing namespaces, not for fresh ones.", "Use New-NamespaceProcess to make new ones next to existing ones.", other));
        }

        TakeWords();
        _sink = new InvocationSink(this);
        _progress = new LateProgress(this, "Running in namespaces");
        if (!InProcess)
        {
            _queue = new InvocationQueue(ThrottleLimit, _sink, Report) { Timeout = TimeoutSec is double seconds ? TimeSpan.FromSeconds(seconds) : null };
        }

        _builder = new InvocationBuilder(this);
        _feed = _hasNamedTargets && MyInvocation.ExpectingInput && !IsScript ? new InputFeed() : null;

        // With input nothing starts before its first piece was seen, which may turn out to be a target.
        if (_hasNamedTargets && !MyInvocation.ExpectingInput)
        {
            VisitNamed();
        }
    }

    /// <summary>Goes to one more target, or takes one more piece of input.</summary>
    protected override void ProcessRecord()
    {
        if (!_hasNamedTargets)
        {
            Visit(InputObject);
        }
        else if (MyInvocation.ExpectingInput)
        {
            // A slip: what would run then would run in the wrong place.
            if (NamespaceTargetTransformAttribute.IsTarget(InputObject))
            {
                ThrowTerminatingError(InvocationBuilder.PipedBeside(InvocationParameters.FirstNew(MyInvocation), InputObject));
            }

            if (_feed is null)
            {
                _input.Add(InputObject);
                return;
            }

            StartNamed();
            _feed.Add(StreamRecord.Unwrap(InputObject));
        }
    }

    /// <summary>Waits for all.</summary>
    protected override void EndProcessing()
    {
        _feed?.Complete();
        if (_hasNamedTargets && MyInvocation.ExpectingInput)
        {
            StartNamed();
        }

        Start(isLast: true);
        PipelineStop.Guard(() => _queue?.Finish());
        _sink!.Finish();
        _progress!.Complete();
    }

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing() => _queue?.Stop();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _feed?.Complete();
        _pending?.Dispose();
        _queue?.Dispose();
        _sink?.Dispose();
        base.Dispose(disposing);
    }

    private void TakeWords()
    {
        if (ParameterSetName == WordsSet)
        {
            (_targetWord, ScriptBlock, FilePath, ArgumentList) = CommandWords.Take(this, [Target, .. Command], _hasNamedTargets || MyInvocation.ExpectingInput);
            _hasNamedTargets |= HasTargetWord;
        }

        ScriptBlock ??= CommandWords.IsScript(FilePath) ? CommandWords.ReadScript(this, FilePath) : null;
    }

    private void StartNamed()
    {
        if (!_isStarted)
        {
            _isStarted = true;
            VisitNamed();
        }
    }

    private void VisitNamed()
    {
        if (_isNew)
        {
            VisitNew();
            return;
        }

        if (_targetWord is object word)
        {
            Visit(word);
        }

        foreach (object target in ProcessId.Cast<object>().Concat(Name.Select(name => name.Contains('/') ? name : NetNamespacePath.Of(name))).Concat(Path.Select(path => new InvocationBuilder.NamedPath(path))))
        {
            Visit(target);
        }

        Start(isLast: true);
    }

    private void VisitNew()
    {
        _sink!.HasOneTarget = true;
        Attempt(New, () => Run(_builder!.BuildNew(_feed, _input)));
    }

    // Several at once, as an array, are as good as one after the other.
    private void Visit(object? given)
    {
        object? value = given is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : given;
        foreach (object? item in value is IList list ? list.Cast<object?>() : [value])
        {
            Attempt(item, () => VisitTarget(_builder!.ToTarget(item)));
        }
    }

    private void VisitTarget(NamespaceTarget target)
    {
        TargetJoin join = Open(target);
        _targets++;
        if (InProcess)
        {
            using (join)
            {
                InProcessRun.Invoke(this, _sink!, join);
            }

            Report(_targets, _targets);
            return;
        }

        Start(isLast: false);
        _pending = join;
    }

    // One behind, so that it is known whether the first is the only one.
    private void Start(bool isLast)
    {
        if (_pending is not TargetJoin join)
        {
            return;
        }

        _pending = null;
        _sink!.HasOneTarget = isLast && _targets == 1;
        if (!Attempt(join.Label, () => Run(_builder!.Build(join, _feed, _input))))
        {
            join.Dispose();
        }
    }

    // A program that is the only one needs no thread of its own, unless what it is to read comes by this one.
    private void Run(Invocation invocation) => PipelineStop.Guard(() =>
    {
        if (invocation is ProgramInvocation program)
        {
            (program.IsAlone, program.WritesErrorRecords) = (_sink!.HasOneTarget, _sink.WantsErrorRecords);
        }

        if (_sink!.HasOneTarget && _feed is null && !IsScript)
        {
            _queue!.RunHere(invocation);
        }
        else
        {
            _queue!.Add(invocation);
        }
    });

    // A script block in a single target reports its own progress.
    private void Report(int done, int known)
    {
        int named = ProcessId.Length + Name.Length + Path.Length;
        if (Math.Max(named, known) > 1)
        {
            _progress!.Report("targets", done, named);
        }
    }
}
