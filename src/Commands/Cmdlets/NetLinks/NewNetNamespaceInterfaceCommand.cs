using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>Makes interfaces in net namespaces.</summary>
[Cmdlet(VerbsCommon.New, "NetNamespaceInterface", SupportsShouldProcess = true)]
[OutputType(typeof(NetNamespaceInterface))]
public sealed class NewNetNamespaceInterfaceCommand : NamespaceCmdlet
{
    private NamespaceThread? _thread;
    private NetNamespaceTargets? _targets;

    /// <summary>Specifies the net namespaces: names, PIDs, processes, namespaces, paths or containers. The session's own by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [NamespaceTargetTransform]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget[] InputObject { get; set; } = [];

    /// <summary>Specifies the kind.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public NetInterfaceKind Kind { get; set; }

    /// <summary>Specifies the name; the kind and the first free number by default.</summary>
    [Parameter(Position = 2)]
    [ValidateNotNullOrEmpty]
    public string? InterfaceName { get; set; }

    /// <summary>Specifies the interface to rest on (macvlan, ipvlan, vlan, vxlan).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    public string? LowerInterfaceName { get; set; }

    /// <summary>Specifies the net namespace of the interface to rest on; that of the new interface by default.</summary>
    [Parameter]
    [NamespaceTargetTransform]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget? LowerNamespace { get; set; }

    /// <summary>Specifies the name of the other end of a pair (veth, netkit).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PeerInterfaceName { get; set; }

    /// <summary>Specifies the net namespace of the other end of a pair; that of the first end by default.</summary>
    [Parameter]
    [NamespaceTargetTransform]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget? PeerNamespace { get; set; }

    /// <summary>Specifies how it works: private, vepa, bridge, passthru, source (macvlan), l2, l3, l3s (ipvlan), l2, l3 (netkit).</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InterfaceModeCompleter))]
    public string? Mode { get; set; }

    /// <summary>Specifies the number of a vlan.</summary>
    [Parameter]
    [ValidateRange(0, 4094)]
    public int? VlanId { get; set; }

    /// <summary>Specifies the number of a vxlan.</summary>
    [Parameter]
    [ValidateRange(0, 16777215)]
    public int? VxlanId { get; set; }

    /// <summary>Specifies the address that a vxlan sends from.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LocalAddress { get; set; }

    /// <summary>Specifies the address that a vxlan sends to, of one machine or of a group.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RemoteAddress { get; set; }

    /// <summary>Specifies the UDP port of a vxlan; 4789 by default.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>Specifies addresses, such as 10.0.0.1/24.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Address { get; set; } = [];

    /// <summary>Specifies the hardware address.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MacAddress { get; set; }

    /// <summary>Specifies the largest packet, in bytes.</summary>
    [Parameter]
    [ValidateRange(68, 65535)]
    public int? Mtu { get; set; }

    /// <summary>Specifies the bridge, bond or VRF to put it under.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    public string? Master { get; set; }

    /// <summary>Specifies a remark.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Alias { get; set; }

    /// <summary>Indicates that it is switched on.</summary>
    [Parameter]
    public SwitchParameter Up { get; set; }

    /// <summary>Makes an interface in each namespace.</summary>
    protected override void ProcessRecord()
    {
        Attempt(InterfaceName, () =>
        {
            NetInterfaceSpec spec = CreateSpec();
            _targets ??= new NetNamespaceTargets(Stop);
            _thread ??= new NamespaceThread();
            IEnumerable<NamespaceTarget?> targets = NetNamespaceTargets.ExpandOrOwn(InputObject);
            foreach (NamespaceTarget? target in targets)
            {
                Create(target, spec);
            }
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _thread?.Dispose();
        base.Dispose(disposing);
    }

    private NetInterfaceSpec CreateSpec() => new(Kind)
    {
        Name = InterfaceName,
        Mtu = (uint?)Mtu,
        HardwareAddress = MacAddressText.Parse(MacAddress),
        Alias = Alias,
        Master = Master,
        Addresses = [.. Address.Select(InterfaceAddress.Parse)],
        IsUp = Up,
        LowerName = LowerInterfaceName,
        PeerName = PeerInterfaceName,
        VlanId = (ushort?)VlanId,
        VxlanId = (uint?)VxlanId,
        LocalAddress = LocalAddress is null ? null : InterfaceAddress.ParseAddress(LocalAddress),
        RemoteAddress = RemoteAddress is null ? null : InterfaceAddress.ParseAddress(RemoteAddress),
        Port = (ushort?)Port,
        Mode = Mode,
    };

    private void Create(NamespaceTarget? target, NetInterfaceSpec spec)
    {
        Attempt(target?.ToString() ?? InterfaceName, () =>
        {
            using NetConnectionSide side = NetConnectionSide.Open(_targets!.Open(target), _thread!);
            using NetConnectionSide? lower = LowerNamespace is null ? null : NetConnectionSide.Open(_targets.Open(LowerNamespace), _thread!);
            using NetConnectionSide? peer = PeerNamespace is null ? null : NetConnectionSide.Open(_targets.Open(PeerNamespace), _thread!);
            if (!ShouldProcess($"{InterfaceName ?? NetInterfaceKinds.NameOf(Kind)} in {side.Name}", $"Make a {NetInterfaceKinds.NameOf(Kind)}"))
            {
                return;
            }

            (string name, string? peerName) = NetInterfaceFactory.Create(spec, side, lower ?? side, peer ?? side);
            Write(side, name);
            if (peerName is not null)
            {
                Write(peer ?? side, peerName);
            }
        });
    }

    private void Write(NetConnectionSide side, string name)
    {
        using NetInterfaceReader reader = new(Stop);
        using NetTarget found = _targets!.Open(new NamespaceTarget($"net:[{side.Handle.Inode}]"));
        WriteObject(reader.Read(found).Where(each => each.InterfaceName == name), enumerateCollection: true);
    }
}
