using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>Makes PSSessions: implemented in the assembly for PowerShell 7.6, because older ones have no way to bring a transport of one's own.</summary>
internal interface ISessionFactory
{
    /// <summary>Begins to open a session over a process, which it takes over.</summary>
    /// <param name="process">The other end.</param>
    /// <param name="name">The name of the session; null leaves it to PowerShell.</param>
    /// <param name="computerName">The place, for the prompt and for PSComputerName.</param>
    /// <param name="cmdlet">The cmdlet whose host and runspace the session belongs to.</param>
    IOpeningSession Open(SessionProcess process, string? name, string computerName, PSCmdlet cmdlet);
}

/// <summary>A session that is being opened.</summary>
internal interface IOpeningSession : IDisposable
{
    /// <summary>Waits until it is open.</summary>
    /// <param name="timeout">How long.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="failure">Why there will be none.</param>
    /// <returns>The session; null where it has failed or, without a reason, the time is over.</returns>
    /// <exception cref="OperationCanceledException">Somebody has said stop.</exception>
    PSSession? Wait(TimeSpan timeout, CancellationToken cancellation, out string? failure);
}
