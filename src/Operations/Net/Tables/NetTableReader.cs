using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Operations.Net.Tables;

/// <summary>Reads routes, rules and neighbours of net namespaces.</summary>
internal sealed class NetTableReader(CancellationToken cancellation) : IDisposable
{
    private readonly NamespaceThread _thread = new();
    private readonly NetRouteTables _tables = NetRouteTables.Read();

    /// <summary>Whether what was read last changed faster than it could be read.</summary>
    internal bool WasOvertaken { get; private set; }

    /// <summary>The routes of a namespace, of all tables and both families, in the order of the kernel.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal List<NetNamespaceRoute> ReadRoutes(NetTarget target)
    {
        using NetlinkSocket socket = NetlinkSocket.OpenIn(_thread, target.Handle);
        List<RouteMessage> routes = Dump(socket, RouteMessage.GetAll(), "routes", RouteMessage.Parse);
        Dictionary<int, string> links = NetLinkNames.Read(socket, cancellation);
        return routes.ConvertAll(route => ToRoute(target, route, links));
    }

    /// <summary>The rules of a namespace, of both families, in the order of the kernel.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal List<NetNamespaceRule> ReadRules(NetTarget target)
    {
        using NetlinkSocket socket = NetlinkSocket.OpenIn(_thread, target.Handle);
        return [.. new[] { LibC.AF_INET, LibC.AF_INET6 }
            .SelectMany(family => ReadRules(socket, (byte)family))
            .Select(rule => ToRule(target, rule))];
    }

    /// <summary>The neighbours of a namespace, with those it answers for.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal List<NetNamespaceNeighbor> ReadNeighbors(NetTarget target)
    {
        using NetlinkSocket socket = NetlinkSocket.OpenIn(_thread, target.Handle);
        Dictionary<int, string> links = NetLinkNames.Read(socket, cancellation);
        List<NeighborMessage> proxies = Dump(socket, NeighborMessage.GetAll(proxies: true), "neighbours", NeighborMessage.Parse);
        return Dump(socket, NeighborMessage.GetAll(proxies: false), "neighbours", NeighborMessage.Parse)
            .Where(entry => (entry.Flags & LibC.NTF_PROXY) == 0)
            .Concat(proxies.Where(entry => (entry.Flags & LibC.NTF_PROXY) != 0))
            .Select(entry => ToNeighbor(target, entry, links))
            .ToList();
    }

    public void Dispose() => _thread.Dispose();

    private List<T> Dump<T>(NetlinkSocket socket, NetlinkWriter request, string subject, NetlinkParser<T> parser)
        where T : class
    {
        List<T> found = socket.Dump(request, subject, parser, cancellation);
        WasOvertaken = socket.WasOvertaken;
        return found;
    }

    // A kernel without rules for a family has routes in one table only.
    private List<RuleMessage> ReadRules(NetlinkSocket socket, byte family)
    {
        try
        {
            return Dump(socket, RuleMessage.GetAll(family), "rules", RuleMessage.Parse);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode is LibC.EAFNOSUPPORT or LibC.EOPNOTSUPP)
        {
            return [];
        }
    }

    private NetNamespaceRoute ToRoute(NetTarget target, RouteMessage route, Dictionary<int, string> links) => new()
    {
        Namespace = target.Name,
        NamespaceInode = target.Handle.Inode,
        NamespaceId = target.Handle.NamespaceId,
        AddressFamily = (NetAddressFamily)RtFamily.Of(route.Destination),
        Destination = route.PrefixLength == 0 ? "default" : Format(route.Destination, route.PrefixLength),
        Gateway = route.Gateway?.ToString(),
        InterfaceName = links.GetValueOrDefault(route.InterfaceIndex),
        InterfaceIndex = route.InterfaceIndex == 0 ? null : route.InterfaceIndex,
        NextHop = new ValueList<NetRouteNextHop>(route.NextHops.Select(hop => new NetRouteNextHop
        {
            Gateway = hop.Gateway?.ToString(),
            InterfaceName = links.GetValueOrDefault(hop.InterfaceIndex),
            Weight = hop.Weight,
            Flags = (NetRouteState)hop.Flags,
        })),
        PreferredSource = route.PreferredSource?.ToString(),
        Metric = route.Metric,
        Table = _tables.NameOf(route.Table),
        TableId = route.Table,
        Type = (NetRouteType)route.Type,
        Scope = (NetScope)(route.Scope ?? 0),
        Protocol = (NetRouteProtocol)route.Origin,
        Source = route.Source is null ? null : Format(route.Source, route.SourceLength),
        Tos = route.Tos == 0 ? null : route.Tos,
        Mtu = route.Mtu,
        Preference = route.Preference switch { 0 => "medium", 1 => "high", 3 => "low", _ => null },
        Expires = route.ExpiresSeconds is double seconds ? TimeSpan.FromSeconds(seconds) : null,
        NextHopId = route.NextHopId,
        Flags = (NetRouteState)(route.Flags & byte.MaxValue),
    };

    private NetNamespaceRule ToRule(NetTarget target, RuleMessage rule) => new()
    {
        Namespace = target.Name,
        NamespaceInode = target.Handle.Inode,
        AddressFamily = (NetAddressFamily)rule.Family,
        Priority = rule.Priority,
        IsInverted = rule.IsInverted,
        Source = rule.Source is null ? "all" : Format(rule.Source, rule.SourceLength),
        Destination = rule.Destination is null ? "all" : Format(rule.Destination, rule.DestinationLength),
        InputInterface = rule.InputInterface,
        OutputInterface = rule.OutputInterface,
        Mark = rule.Mark,
        Mask = rule.Mask,
        Tos = rule.Tos == 0 ? null : rule.Tos,
        UserRange = rule.Users is LibC.fib_rule_uid_range users ? FormatRange(users.start, users.end) : null,
        IpProtocol = rule.IpProtocol,
        SourcePort = rule.SourcePorts is LibC.fib_rule_port_range source ? FormatRange(source.start, source.end) : null,
        DestinationPort = rule.DestinationPorts is LibC.fib_rule_port_range destination ? FormatRange(destination.start, destination.end) : null,
        IsL3Mdev = rule.IsL3Mdev,
        Action = (NetRuleAction)rule.Action,
        Table = rule.Action == LibC.FR_ACT_TO_TBL && rule.Table != 0 ? _tables.NameOf(rule.Table) : null,
        TableId = rule.Action == LibC.FR_ACT_TO_TBL && rule.Table != 0 ? rule.Table : null,
        GotoPriority = rule.GotoPriority,
        SuppressPrefixLength = rule.SuppressPrefixLength,
        Protocol = (NetRouteProtocol)rule.Origin,
    };

    private static NetNamespaceNeighbor ToNeighbor(NetTarget target, NeighborMessage entry, Dictionary<int, string> links) => new()
    {
        Namespace = target.Name,
        NamespaceInode = target.Handle.Inode,
        AddressFamily = (NetAddressFamily)entry.Family,
        IPAddress = entry.Address?.ToString() ?? string.Empty,
        MacAddress = entry.HardwareAddress.Length == 0 ? null : MacAddressText.Format(entry.HardwareAddress),
        InterfaceName = links.GetValueOrDefault(entry.InterfaceIndex),
        InterfaceIndex = entry.InterfaceIndex,
        State = (NetNeighborState)entry.State,
        IsRouter = (entry.Flags & LibC.NTF_ROUTER) != 0,
        IsProxy = (entry.Flags & LibC.NTF_PROXY) != 0,
        IsExternallyLearned = (entry.Flags & LibC.NTF_EXT_LEARNED) != 0,
        Probes = entry.Probes,
        SinceUsed = ToAge(entry.Ages?.ndm_used),
        SinceConfirmed = ToAge(entry.Ages?.ndm_confirmed),
        SinceUpdated = ToAge(entry.Ages?.ndm_updated),
    };

    private static TimeSpan? ToAge(uint? hundredths) => hundredths is uint age ? TimeSpan.FromMilliseconds(age * 10.0) : null;

    private static string Format(IPAddress address, byte length) => string.Create(CultureInfo.InvariantCulture, $"{address}/{length}");

    private static string FormatRange(uint start, uint end) => start == end
        ? start.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{start}-{end}");
}
