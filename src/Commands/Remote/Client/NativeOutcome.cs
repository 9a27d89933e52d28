using System;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Reflection;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Operations.Enter;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>
/// Treats errors and the exit code as PowerShell does for a native command, which a cmdlet cannot do by itself. A cmdlet's errors follow
/// $ErrorActionPreference and make $? false. Those of a native command do neither, and go to the standard error stream itself
/// unless they are redirected. So a real native command writes them: a shell in a pipeline of its own, linked to the pipes of the cmdlet. PowerShell decides about its
/// errors is decided by PowerShell. All on the pipeline's thread.
/// </summary>
internal sealed class NativeOutcome(PSCmdlet cmdlet) : IDisposable
{
    // Compiled once.
    private static readonly ScriptBlock s_failure = ScriptBlock.Create("Microsoft.PowerShell.Utility\\Write-Error -Message failed -ErrorAction Ignore");

    private readonly PSCmdlet _cmdlet = cmdlet;
    private SteppablePipeline? _relay;
    private RelayPipe? _pipe;

    /// <summary>Whether something has been written.</summary>
    internal bool HasErrors => _relay is not null;

    private EngineIntrinsics Engine => (EngineIntrinsics)_cmdlet.SessionState.PSVariable.GetValue("ExecutionContext");

    /// <summary>Writes to the standard error stream, as it comes.</summary>
    internal void WriteError(byte[] bytes)
    {
        if (_relay is null)
        {
            // A pipe of our own: one of PowerShell's would stay open where the pipeline is stopped, and the program with it.
            _pipe = new RelayPipe();
            ScriptBlock relay = ScriptBlock.Create(string.Create(CultureInfo.InvariantCulture, $"& /bin/sh -c 'exec cat /proc/self/fd/{_pipe.Number} >&2'"));
            _relay = relay.GetSteppablePipeline(CommandOrigin.Internal);
            _relay.Begin(expectInput: false, Engine);
            _relay.Process();
            _pipe.CloseReading();
        }

        _pipe!.Write(bytes);
        Pump();
    }

    /// <summary>Hands on what has been made records of meanwhile.</summary>
    internal void Pump() => _relay?.Process();

    /// <summary>The program has ended: waits until all its output has been handed on, and sets its exit code.</summary>
    /// <param name="path">The program.</param>
    /// <param name="code">Null where nobody knows: that is not 0.</param>
    internal void Finish(string path, int? code)
    {
        EndRelay();
        _cmdlet.SessionState.PSVariable.Set("global:LASTEXITCODE", code);
        if (code == 0)
        {
            return;
        }

        if (code is int known && LanguagePrimitives.IsTrue(_cmdlet.SessionState.PSVariable.GetValue("PSNativeCommandUseErrorActionPreference")))
        {
            // Written as an error, it makes $? false as well.
            string message = string.Create(CultureInfo.InvariantCulture, $"Program \"{Path.GetFileName(path)}\" ended with non-zero exit code: {known} (0x{known:X2}).");
            _cmdlet.WriteError(ErrorRecords.ProgramFailed(CreateException(message, path, known), path));
            return;
        }

        using SteppablePipeline failure = s_failure.GetSteppablePipeline(CommandOrigin.Internal);
        failure.Begin(expectInput: false, Engine);
        failure.Process();
        failure.End();
    }

    public void Dispose()
    {
        _pipe?.Dispose();
        _relay?.Dispose();
        _relay = null;
    }

    private void EndRelay()
    {
        if (_relay is SteppablePipeline relay)
        {
            _relay = null;
            _pipe!.CloseWriting();
            relay.End();
            relay.Dispose();
        }
    }

    // PowerShell 7.4 and newer have a type for it, which others cannot make but so.
    private static Exception CreateException(string message, string path, int code)
    {
        const int NoProcess = 0;
        Type? type = typeof(PSObject).Assembly.GetType("System.Management.Automation.NativeCommandExitException");
        try
        {
            object?[] arguments = [path, code, NoProcess, message, ErrorIds.ProgramExitedWithNonZeroCode];
            return type is null ? new RuntimeException(message) : (Exception)Activator.CreateInstance(type, BindingFlags.NonPublic | BindingFlags.Instance, null, arguments, CultureInfo.InvariantCulture)!;
        }
        catch (MissingMethodException)
        {
            return new RuntimeException(message);
        }
    }
}
