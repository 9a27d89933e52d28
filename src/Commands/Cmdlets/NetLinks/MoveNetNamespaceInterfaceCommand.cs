using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Commands;

/// <summary>Moves interfaces between net namespaces.</summary>
[Cmdlet(VerbsCommon.Move, "NetNamespaceInterface", SupportsShouldProcess = true, DefaultParameterSetName = NameSet)]
[OutputType(typeof(NetNamespaceInterface))]
public sealed class MoveNetNamespaceInterfaceCommand : NetNamespaceInterfaceCommand
{
    /// <summary>Specifies where to: a name, PID, process, namespace, path or container. The session's own net namespace by default.</summary>
    [Parameter(Position = 2)]
    [NamespaceTargetTransform]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget? Destination { get; set; }

    /// <summary>Indicates that the interface returns to the net namespace it was first moved from, under the name it had there.</summary>
    [Parameter]
    [Alias("Home")]
    public SwitchParameter ToHome { get; set; }

    /// <summary>Specifies its name there.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NewName { get; set; }

    /// <summary>Indicates that it keeps its addresses and routes, and is switched on there where it is now.</summary>
    [Parameter]
    public SwitchParameter KeepConfiguration { get; set; }

    /// <summary>Indicates that the interface is written as it is there.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Prepare()
    {
        if (ToHome && Destination is not null)
        {
            throw new NamespaceException(ErrorIds.InvalidInterface, "-ToHome and -Destination contradict each other.", "Give one of them.");
        }
    }

    private protected override void Change(NetConnectionSide side, LinkMessage link)
    {
        NetInterfaceMover.RequireMovable(side, link);
        NetInterfaceHome? home = ToHome ? RequireHome(side, link) : null;
        using NetConnectionSide destination = NetConnectionSide.Open(home is null ? Targets.Open(Destination) : Targets.Open(new NamespaceTarget(home.ToInfo())), Thread);
        string? newName = NewName ?? home?.Name;
        string fate = $"{link.Name} is moved from {side.Name} to {destination.Name}; {NetInterfaceMover.Fate(link)}.";
        if (!ShouldProcess(fate, $"Move {link.Name} from {side.Name} to {destination.Name}?", "Move interface"))
        {
            return;
        }

        string name = NetInterfaceMover.Move(side, link, destination, newName, KeepConfiguration);
        if (PassThru)
        {
            WriteInterface(destination, name);
        }
    }

    private static NetInterfaceHome RequireHome(NetConnectionSide side, LinkMessage link) => NetInterfaceHome.Of(link) ?? throw new NamespaceException(
        ErrorIds.InterfaceHasNoHome,
        $"{link.Name} in {side.Name} was not moved there by this cmdlet: where it came from is not known.",
        "Give -Destination.");
}
