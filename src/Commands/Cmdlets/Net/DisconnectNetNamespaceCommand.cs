using System;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Commands;

/// <summary>Takes the veth pairs between two net namespaces, or one and the host, away.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "NetNamespace", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class DisconnectNetNamespaceCommand : PSCmdlet
{
    /// <summary>The first net namespace; the host where it is left out.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(NamespaceNameCompleter))]
    public string? Name { get; set; }

    /// <summary>The second net namespace; the host where it is left out.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(NamespaceNameCompleter))]
    public string? PeerName { get; set; }

    /// <summary>Only pairs with these interfaces on the first side; all where it is left out.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    public string[]? InterfaceName { get; set; }

    /// <summary>Removes them, one by one.</summary>
    protected override void ProcessRecord()
    {
        if (Name is null && PeerName is null)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorRecords.NoNetNamespaceGiven, "Both sides would be the host.", "Give -Name, -PeerName or both.", null));
        }

        string sides = $"{Name ?? "the host"} - {PeerName ?? "the host"}";
        try
        {
            WildcardPattern[]? patterns = InterfaceName?.Select(NetNamespaceNames.ParsePattern).ToArray();
            using NetDisconnector disconnector = new(name => patterns is null || patterns.Any(pattern => pattern.IsMatch(name)));
            string[] found = [.. disconnector.Find(Name, PeerName)];
            foreach (string interfaceName in found)
            {
                if (ShouldProcess($"{sides}: {interfaceName}", "Remove veth pair"))
                {
                    disconnector.Disconnect(Name, PeerName, interfaceName);
                }
            }

            if (found.Length == 0 && InterfaceName?.All(WildcardPattern.ContainsWildcardCharacters) != true)
            {
                WriteError(ErrorRecords.Create(
                    ErrorRecords.NetConnectionNotFound,
                    $"There is no such veth pair between {Name ?? "the host"} and {PeerName ?? "the host"}.",
                    "Get-NetNamespaceInterface shows the interfaces of a net namespace and where their other ends are.",
                    sides));
            }
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            WriteError(ErrorRecords.From(exception, Name ?? PeerName));
        }
    }
}
