using System;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Remote.Wire;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>Writes on the pipeline's thread what came from inside, each on the stream it was written to there.</summary>
internal sealed class InvocationSink(PSCmdlet cmdlet) : IDisposable
{
    private const string SourceProperty = "PSNamespace";

    private readonly PSCmdlet _cmdlet = cmdlet;
    private readonly NativeOutcome _outcome = new(cmdlet);
    private (string Path, int? Code)? _end;
    private bool _hasFailed;

    private bool HasErrorVariable => _cmdlet.MyInvocation.BoundParameters.ContainsKey("ErrorVariable");

    private bool StopsAtErrors =>
        LanguagePrimitives.TryConvertTo(_cmdlet.SessionState.PSVariable.GetValue("ErrorActionPreference"), out ActionPreference action) && action == ActionPreference.Stop;

    /// <summary>A terminating error inside ends the command; with several targets it is one target's error.</summary>
    internal bool HasOneTarget { get; set; }

    /// <summary>Writes one item.</summary>
    internal void Write(in StreamItem item)
    {
        switch (item.Kind)
        {
            case StreamItemKind.Record:
                WriteRecord(item.Label, item.Frame, item.Text!);
                break;
            case StreamItemKind.Line:
                WriteOutput(item.Label, item.Text);
                break;
            case StreamItemKind.Block:
                _cmdlet.WriteObject(item.Bytes);
                break;
            case StreamItemKind.ErrorLine:
                _cmdlet.WriteError(Mark(ErrorRecords.FromInside(item.Text!, ErrorIds.NativeCommandError, ErrorCategory.NotSpecified, item.Text), item.Label));
                break;
            case StreamItemKind.ErrorBlock:
                // Neither a failure nor a reason to stop.
                _outcome.WriteError(item.Bytes!);
                break;
            case StreamItemKind.Pause:
                Pump();
                break;
            case StreamItemKind.ProgramEnd:
                SetEnd(item.Text!, item.Code);
                break;
            case StreamItemKind.ExitCode:
                SetExitCode(item.Code!.Value);
                break;
            case StreamItemKind.Failed:
                _cmdlet.WriteError(ErrorRecords.From(item.Failure!, item.Label));
                break;
        }
    }

    private void WriteRecord(string label, FrameKind kind, string text)
    {
        switch (kind)
        {
            case FrameKind.Output:
                WriteOutput(label, StreamRecord.ToObject(text));
                break;
            case FrameKind.Error:
                _cmdlet.WriteError(Mark(StreamRecord.ToError(text), label));
                break;
            case FrameKind.Warning:
                _cmdlet.WriteWarning(StreamRecord.ToMessage(text));
                break;
            case FrameKind.Verbose:
                _cmdlet.WriteVerbose(StreamRecord.ToMessage(text));
                break;
            case FrameKind.Debug:
                _cmdlet.WriteDebug(StreamRecord.ToMessage(text));
                break;
            case FrameKind.Information:
                (object? data, string[] tags) = StreamRecord.ToInformation(text);
                InformationRecord record = new(data, label);
                record.Tags.AddRange(tags);
                _cmdlet.WriteInformation(record);
                break;
            case FrameKind.Progress:
                _cmdlet.WriteProgress(StreamRecord.ToProgress(text));
                break;
            case FrameKind.Failed when HasOneTarget:
                _cmdlet.ThrowTerminatingError(Mark(StreamRecord.ToError(text), label));
                break;
            case FrameKind.Failed:
                _cmdlet.WriteError(Mark(StreamRecord.ToError(text), label));
                break;
        }
    }

    internal void WriteOutput(string label, object? value)
    {
        if (value is null)
        {
            _cmdlet.WriteObject(null);
            return;
        }

        PSObject result = PSObject.AsPSObject(value);
        result.Properties.Add(new PSNoteProperty(SourceProperty, label), preValidated: true);
        _cmdlet.WriteObject(result);
    }

    /// <summary>Whether the errors of programs are wanted as the errors of a cmdlet.</summary>
    internal bool WantsErrorRecords => _cmdlet.MyInvocation.BoundParameters.ContainsKey("ErrorAction") || (HasErrorVariable && !StopsAtErrors);

    /// <summary>Whether text of a standard error stream may be on its way.</summary>
    internal bool HasErrors => _outcome.HasErrors;

    /// <summary>Hands on what of it has arrived.</summary>
    internal void Pump() => _outcome.Pump();

    /// <summary>Records the exit of a program. With several, the first failure counts.</summary>
    /// <param name="path">The program.</param>
    /// <param name="code">Null where nobody knows: that is not 0.</param>
    private void SetEnd(string path, int? code)
    {
        if (_end is null || _end.Value.Code == 0)
        {
            _end = (path, code);
        }
    }

    /// <summary>The exit code of the last program of a script block.</summary>
    private void SetExitCode(int code)
    {
        if (!_hasFailed)
        {
            _hasFailed = code != 0;
            _cmdlet.SessionState.PSVariable.Set("global:LASTEXITCODE", code);
        }
    }

    /// <summary>All have ended: what a native command leaves behind is left.</summary>
    internal void Finish()
    {
        if (_end is { } end)
        {
            _end = null;
            _outcome.Finish(end.Path, end.Code);
        }
    }

    public void Dispose() => _outcome.Dispose();

    private static ErrorRecord Mark(ErrorRecord error, string label)
    {
        PSObject.AsPSObject(error).Properties.Add(new PSNoteProperty(SourceProperty, label));
        return error;
    }
}
