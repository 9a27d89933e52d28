using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Internet;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Commands;

/// <summary>Takes the veth pairs between two net namespaces, or one and the host, away.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "NetNamespace", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class DisconnectNetNamespaceCommand : NetConnectionCommand
{
    /// <summary>Specifies the interfaces of the first side whose pairs are removed. By default, all are removed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    public string[]? InterfaceName { get; set; }

    private protected override void Process(NetConnectionSide side, NetConnectionSide peerSide)
    {
        WildcardPattern[]? patterns = InterfaceName?.Select(NetNamespaceNames.ParsePattern).ToArray();
        LinkMessage[] found = [.. NetConnectionFinder.Pairs(side, peerSide).Where(link => patterns is null || patterns.Any(pattern => pattern.IsMatch(link.Name)))];
        string sides = $"{side.Name} - {peerSide.Name}";
        foreach (LinkMessage link in found)
        {
            // In one and the same namespace both ends are listed, and go together.
            NetConnectionSide? host = InternetConnector.HostOf(side, peerSide, link);
            IEnumerable<string> steps = NetDisconnector.Describe(side, peerSide, link);
            if (side.FindLink(link.Name)?.Index == link.Index
                && ShouldProcessSteps($"{sides}: {link.Name}", "Remove veth pair", host is null ? steps : steps.Append(InternetConnector.DescribeForget())))
            {
                NetDisconnector.Disconnect(side, peerSide, link);
                if (host is not null)
                {
                    InternetConnector.Forget(host);
                }
            }
        }

        bool isServed = EndPasta(side, peerSide, patterns);
        if (found.Length == 0 && !isServed && InterfaceName?.All(WildcardPattern.ContainsWildcardCharacters) != true)
        {
            WriteError(ErrorRecords.Create(
                ErrorIds.NetConnectionNotFound,
                $"There is no such veth pair between {side.Name} and {peerSide.Name}.",
                "Get-NetNamespaceInterface shows the interfaces of a net namespace and where their other ends are.",
                sides));
        }
    }

    // Whether pasta gave the net namespace a way out by the host.
    private bool EndPasta(NetConnectionSide side, NetConnectionSide peerSide, WildcardPattern[]? patterns)
    {
        using PastaProcess? pasta = peerSide.IsOwn() ? PastaProcess.Find(side.Handle.Inode) : null;
        if (pasta is null || (patterns is not null && !patterns.Any(pattern => pattern.IsMatch(pasta.InterfaceName))))
        {
            return false;
        }

        if (ShouldProcessSteps($"{side.Name} - {peerSide.Name}: {pasta.InterfaceName}", "End the way out", [PastaConnector.DescribeEnd(pasta, side)]))
        {
            pasta.End();
        }

        return true;
    }
}
