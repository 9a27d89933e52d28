using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Remote.Wire;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>Writes on the pipeline's thread what came from inside, each on the stream it was written to there.</summary>
internal sealed class InvocationSink(PSCmdlet cmdlet)
{
    private const string SourceProperty = "PSNamespace";

    private readonly PSCmdlet _cmdlet = cmdlet;
    private bool _hasFailed;

    /// <summary>A terminating error inside ends the command; with several targets it is one target's error.</summary>
    internal bool HasOneTarget { get; set; }

    internal void WriteFrame(string label, FrameKind kind, string text)
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

    internal void WriteBytes(byte[] block) => _cmdlet.WriteObject(block, enumerateCollection: true);

    internal void WriteError(ErrorRecord error) => _cmdlet.WriteError(error);

    /// <summary>A program's message is no reason to stop, as it is none for a program run by PowerShell itself.</summary>
    internal void WriteErrorLine(string label, string line)
    {
        bool isAsked = _cmdlet.MyInvocation.BoundParameters.ContainsKey("ErrorAction");
        object preference = _cmdlet.SessionState.PSVariable.GetValue("ErrorActionPreference");
        if (!isAsked && LanguagePrimitives.TryConvertTo(preference, out ActionPreference action) && action == ActionPreference.Stop)
        {
            _cmdlet.Host.UI.WriteErrorLine(SafeText.Escape(line));
            return;
        }

        _cmdlet.WriteError(Mark(ErrorRecords.FromInside(line, ErrorRecords.NativeCommandError, ErrorCategory.NotSpecified, line), label));
    }

    /// <summary>Of several programs, the first that did not succeed counts.</summary>
    /// <param name="code">Null where nobody knows: that is not 0.</param>
    internal void SetExitCode(int? code)
    {
        if (!_hasFailed)
        {
            _hasFailed = code != 0;
            _cmdlet.SessionState.PSVariable.Set("global:LASTEXITCODE", code);
        }
    }

    private static ErrorRecord Mark(ErrorRecord error, string label)
    {
        PSObject.AsPSObject(error).Properties.Add(new PSNoteProperty(SourceProperty, label));
        return error;
    }
}
