using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Commands;

/// <summary>Changes interfaces in net namespaces.</summary>
[Cmdlet(VerbsCommon.Set, "NetNamespaceInterface", SupportsShouldProcess = true, DefaultParameterSetName = NameSet)]
[OutputType(typeof(NetNamespaceInterface))]
public sealed class SetNetNamespaceInterfaceCommand : NetNamespaceInterfaceCommand
{
    private NetInterfaceChanges _changes = new();

    /// <summary>Specifies another name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NewName { get; set; }

    /// <summary>Indicates that the interface is switched on.</summary>
    [Parameter]
    public SwitchParameter Up { get; set; }

    /// <summary>Indicates that the interface is switched off.</summary>
    [Parameter]
    public SwitchParameter Down { get; set; }

    /// <summary>Specifies the largest packet, in bytes.</summary>
    [Parameter]
    [ValidateRange(68, 65535)]
    public int? Mtu { get; set; }

    /// <summary>Specifies the hardware address.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MacAddress { get; set; }

    /// <summary>Specifies the bridge, bond or VRF to put it under; an empty text takes it out.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    public string? Master { get; set; }

    /// <summary>Specifies a remark; an empty text removes it.</summary>
    [Parameter]
    [ValidateNotNull]
    public string? Alias { get; set; }

    /// <summary>Specifies addresses it gets, such as 10.0.0.1/24.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] AddAddress { get; set; } = [];

    /// <summary>Specifies addresses it loses.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] RemoveAddress { get; set; } = [];

    /// <summary>Specifies alternative names it gets.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] AddAltName { get; set; } = [];

    /// <summary>Specifies alternative names it loses.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] RemoveAltName { get; set; } = [];

    /// <summary>Indicates that the interface is written.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Prepare()
    {
        if (Up && Down)
        {
            throw new NamespaceException(ErrorIds.InvalidInterface, "-Up and -Down contradict each other.", "Give one of them.");
        }

        _changes = new NetInterfaceChanges
        {
            NewName = NewName,
            IsUp = Up ? true : Down ? false : null,
            Mtu = (uint?)Mtu,
            HardwareAddress = MacAddressText.Parse(MacAddress),
            Master = Master,
            Alias = Alias,
            AddAddresses = [.. AddAddress.Select(InterfaceAddress.Parse)],
            RemoveAddresses = [.. RemoveAddress.Select(InterfaceAddress.Parse)],
            AddNames = AddAltName,
            RemoveNames = RemoveAltName,
        };
    }

    private protected override void Change(NetConnectionSide side, LinkMessage link)
    {
        if (!ShouldProcess($"{link.Name} in {side.Name}", "Change interface"))
        {
            return;
        }

        string name = NetInterfaceChanger.Change(side, link, _changes);
        if (PassThru)
        {
            WriteInterface(side, name);
        }
    }
}
