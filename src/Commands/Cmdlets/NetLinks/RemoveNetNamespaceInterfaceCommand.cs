using System.Management.Automation;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Commands;

/// <summary>Removes interfaces from net namespaces.</summary>
[Cmdlet(VerbsCommon.Remove, "NetNamespaceInterface", SupportsShouldProcess = true, DefaultParameterSetName = NameSet)]
[OutputType(typeof(void))]
public sealed class RemoveNetNamespaceInterfaceCommand : NetNamespaceInterfaceCommand
{
    private protected override void Change(NetConnectionSide side, LinkMessage link)
    {
        // Removed with the other end of its pair a moment before.
        if (ShouldProcess($"{link.Name} in {side.Name}", "Remove interface") && side.FindLink(link.Name)?.Index == link.Index)
        {
            NetInterfaceChanger.Remove(side, link);
        }
    }
}
