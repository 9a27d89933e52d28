using System;
using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using LinuxNamespaces.Commands.Remote.Client;

namespace LinuxNamespaces.Commands.Sessions;

/// <summary>A runspace at the other end of a process's pipes, while it opens.</summary>
internal sealed class OpeningSession : IOpeningSession
{
    // Native commands start in the location, so it cannot be a directory that the user inside may not enter: then the script gives its name. Where PowerShell
    // takes the name for a pattern, even a literal one, it gives the name of the other directory, too.
    private const string GoThere = """
        $here = [Environment]::CurrentDirectory
        try { [Environment]::CurrentDirectory = $here; Set-Location -LiteralPath $here } catch { Set-Location /; $here; return }
        if ($PWD.ProviderPath -cne $here) { $here; $PWD.ProviderPath }
        """;

    private const string TransportName = "Namespace";

    private readonly SessionProcess _process;
    private readonly PSCmdlet _cmdlet;
    private readonly Runspace _runspace;
    private readonly ManualResetEventSlim _done = new();
    private bool _isOpen;

    private OpeningSession(SessionProcess process, PSCmdlet cmdlet, Runspace runspace)
    {
        _process = process;
        _cmdlet = cmdlet;
        _runspace = runspace;
    }

    internal static OpeningSession Begin(SessionProcess process, string? name, string computerName, PSCmdlet cmdlet)
    {
        NamespaceConnectionInfo connection = new(process, computerName);
        Runspace runspace = RunspaceFactory.CreateRunspace(connection, cmdlet.Host, TypeTable.LoadDefaultTypeFiles(), null, name);
        OpeningSession session = new(process, cmdlet, runspace);
        runspace.StateChanged += session.OnStateChanged;
        runspace.OpenAsync();
        return session;
    }

    public PSSession? Wait(TimeSpan timeout, CancellationToken cancellation, out string? failure)
    {
        failure = null;
        long start = Stopwatch.GetTimestamp();
        if (!_done.Wait(timeout, cancellation))
        {
            return null;
        }

        // A PowerShell that hangs from now on is ended when the time is over, which ends the waiting for its word.
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using (limit.Token.Register(_process.Kill))
        {
            TimeSpan left = timeout - Stopwatch.GetElapsedTime(start);
            limit.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            failure = Prepare();
        }

        cancellation.ThrowIfCancellationRequested();
        if (limit.IsCancellationRequested)
        {
            failure = null;
            return null;
        }

        if (failure is not null)
        {
            return null;
        }

        _isOpen = true;
        _runspace.StateChanged -= OnStateChanged;
        return PSSession.Create(_runspace, TransportName, _cmdlet);
    }

    // The reason why it has not become ready; null where it has.
    private string? Prepare()
    {
        if (_runspace.RunspaceStateInfo.State != RunspaceState.Opened || !_process.Confirm())
        {
            return _runspace.RunspaceStateInfo.Reason?.Message ?? $"The PowerShell in {_process.Label} has ended.";
        }

        if (_process.HasLocation)
        {
            return null;
        }

        Collection<PSObject> answer;
        try
        {
            using PowerShell shell = PowerShell.Create(_runspace);
            answer = shell.AddScript(GoThere, useLocalScope: true).Invoke();
        }
        catch (RuntimeException exception)
        {
            return exception.Message;
        }

        if (answer is [PSObject pattern, PSObject other])
        {
            return $"PowerShell takes the name '{pattern}' for a pattern, and would work in '{other}'. Name another directory with -WorkingDirectory.";
        }

        if (answer is [PSObject closed])
        {
            _cmdlet.WriteWarning($"The user inside may not enter '{closed}', the directory of the session. The session to {_process.Label} works in '/'.");
        }

        return null;
    }

    public void Dispose()
    {
        _runspace.StateChanged -= OnStateChanged;
        if (!_isOpen)
        {
            _process.Kill();
            _runspace.Dispose();
            _process.Dispose();
        }

        _done.Dispose();
    }

    private void OnStateChanged(object? sender, RunspaceStateEventArgs change)
    {
        if (change.RunspaceStateInfo.State is RunspaceState.Opened or RunspaceState.Broken or RunspaceState.Closed)
        {
            _done.Set();
        }
    }
}
