using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Operations.Net.Names;
using LinuxNamespaces.Operations.Net.Tables;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the sockets of net namespaces.</summary>
[Cmdlet(VerbsCommon.Get, "NetNamespaceConnection", DefaultParameterSetName = InputSet)]
[OutputType(typeof(NetNamespaceConnection))]
public sealed class GetNetNamespaceConnectionCommand : NetNamespaceLookCommand
{
    private readonly List<NetNamespaceConnection> _found = [];
    private NetConnectionReader? _reader;

    /// <summary>Specifies the protocols; all by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public NetProtocol[] Protocol { get; set; } = Enum.GetValues<NetProtocol>();

    /// <summary>Specifies the states; all by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public NetConnectionState[] State { get; set; } = [];

    /// <summary>Specifies ports at this end.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int[]? LocalPort { get; set; }

    /// <summary>Specifies ports at the other end.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int[]? RemotePort { get; set; }

    /// <summary>Writes all that was found: one look at the processes of the machine serves it then.</summary>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        WriteObject(_found, enumerateCollection: true);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reader?.Dispose();
        base.Dispose(disposing);
    }

    private NetConnectionReader Reader => _reader ??= new NetConnectionReader([.. ProtocolsWithPorts()], State, Stop);

    private protected override void Prepare(IReadOnlyList<NetTarget> targets) => Reader.ReadAhead(targets);

    private protected override void LookAt(NetTarget target)
    {
        _found.AddRange(Reader.Read(target).Where(found => Fits(LocalPort, found.LocalPort) && Fits(RemotePort, found.RemotePort)));
    }

    private IEnumerable<NetProtocol> ProtocolsWithPorts() => LocalPort is null && RemotePort is null
        ? Protocol
        : Protocol.Where(protocol => protocol is NetProtocol.Tcp or NetProtocol.Udp or NetProtocol.Sctp or NetProtocol.Mptcp);

    private static bool Fits(int[]? wanted, int? port) => wanted is null || (port is int number && wanted.Contains(number));
}
