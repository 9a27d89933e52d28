using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Net.Names;
using LinuxNamespaces.Operations.Net.Tables;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the routes, or the rules, of net namespaces.</summary>
[Cmdlet(VerbsCommon.Get, "NetNamespaceRoute", DefaultParameterSetName = InputSet)]
[OutputType(typeof(NetNamespaceRoute), typeof(NetNamespaceRule))]
public sealed class GetNetNamespaceRouteCommand : NetNamespaceLookCommand
{
    private NetTableReader? _reader;
    private WildcardPattern[]? _tables;
    private WildcardPattern[]? _interfaces;

    /// <summary>Specifies the tables by name or number; all by default.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RouteTableCompleter))]
    public string[]? Table { get; set; }

    /// <summary>Specifies the interfaces that routes go out of; all by default.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    public string[]? InterfaceName { get; set; }

    /// <summary>Specifies the family of addresses; both by default.</summary>
    [Parameter]
    [ValidateSet(nameof(NetAddressFamily.IPv4), nameof(NetAddressFamily.IPv6))]
    public NetAddressFamily? AddressFamily { get; set; }

    /// <summary>Indicates that rules are listed, which choose a table, instead of routes.</summary>
    [Parameter]
    public SwitchParameter Rule { get; set; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reader?.Dispose();
        base.Dispose(disposing);
    }

    private protected override void LookAt(NetTarget target)
    {
        _reader ??= new NetTableReader(Stop);
        _tables ??= Table?.Select(NetNamespaceNames.ParsePattern).ToArray();
        _interfaces ??= InterfaceName?.Select(NetNamespaceNames.ParsePattern).ToArray();
        if (Rule)
        {
            WriteObject(_reader.ReadRules(target).Where(Fits), enumerateCollection: true);
        }
        else
        {
            WriteObject(_reader.ReadRoutes(target).Where(Fits), enumerateCollection: true);
        }

        if (_reader.WasOvertaken)
        {
            WarnOvertaken(target, Rule ? "rules" : "routes");
        }
    }

    private bool Fits(NetNamespaceRoute route) => (AddressFamily is null || route.AddressFamily == AddressFamily)
        && Fits(_tables, [route.Table, $"{route.TableId}"])
        && Fits(_interfaces, [route.InterfaceName, .. route.NextHop.Select(hop => hop.InterfaceName)]);

    private bool Fits(NetNamespaceRule rule) => (AddressFamily is null || rule.AddressFamily == AddressFamily)
        && Fits(_tables, [rule.Table, $"{rule.TableId}"])
        && Fits(_interfaces, [rule.InputInterface, rule.OutputInterface]);

    private static bool Fits(WildcardPattern[]? patterns, IEnumerable<string?> values) =>
        patterns is null || values.Any(value => value is not null && patterns.Any(pattern => pattern.IsMatch(value)));
}
