using System;
using System.Collections.ObjectModel;
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
        if (!_done.Wait(timeout, cancellation))
        {
            return null;
        }

        RunspaceStateInfo state = _runspace.RunspaceStateInfo;
        if (state.State != RunspaceState.Opened || !_process.Confirm())
        {
            failure = _runspace.RunspaceStateInfo.Reason?.Message ?? $"The PowerShell in {_process.Label} has ended.";
            return null;
        }

        if (!_process.HasLocation)
        {
            using PowerShell shell = PowerShell.Create(_runspace);
            Collection<PSObject> answer = shell.AddScript(GoThere, useLocalScope: true).Invoke();
            if (answer is [PSObject pattern, PSObject other])
            {
                failure = $"PowerShell takes the name '{pattern}' for a pattern, and would work in '{other}'. Name another directory with -WorkingDirectory.";
                return null;
            }

            if (answer is [PSObject closed])
            {
                _cmdlet.WriteWarning($"The user inside may not enter '{closed}', the directory of the session. The session to {_process.Label} works in '/'.");
            }
        }

        _isOpen = true;
        _runspace.StateChanged -= OnStateChanged;
        return PSSession.Create(_runspace, TransportName, _cmdlet);
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
