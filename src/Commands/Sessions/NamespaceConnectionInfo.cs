using System;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Remoting.Client;
using System.Management.Automation.Runspaces;
using LinuxNamespaces.Commands.Remote.Client;

namespace LinuxNamespaces.Commands.Sessions;

/// <summary>Where a PSSession leads: to a process that has been started already. It can be connected to once.</summary>
internal sealed class NamespaceConnectionInfo(SessionProcess process, string computerName) : RunspaceConnectionInfo
{
    private readonly SessionProcess _process = process;

    /// <summary>The place: PowerShell shows it in the prompt, as PSComputerName and as a job's location.</summary>
    public override string ComputerName { get; set; } = computerName;

    /// <summary>None: who may start a process in a namespace is decided by the kernel.</summary>
    public override PSCredential? Credential
    {
        get => null;
        set => throw new NotSupportedException();
    }

    /// <summary>The default.</summary>
    public override AuthenticationMechanism AuthenticationMechanism
    {
        get => AuthenticationMechanism.Default;
        set => throw new NotSupportedException();
    }

    /// <summary>None.</summary>
    public override string CertificateThumbprint
    {
        get => string.Empty;
        set => throw new NotSupportedException();
    }

    /// <summary>Copies it, as PowerShell does before it connects.</summary>
    public override RunspaceConnectionInfo Clone() => new NamespaceConnectionInfo(_process, ComputerName) { OpenTimeout = OpenTimeout };

    /// <summary>Makes the transport.</summary>
    public override BaseClientSessionTransportManager CreateClientSessionTransportManager(Guid instanceId, string sessionName, PSRemotingCryptoHelper cryptoHelper) =>
        new PipeTransport(_process, instanceId, cryptoHelper);
}
