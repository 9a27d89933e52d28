using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Words of the pictures.</summary>
internal static class MapText
{
    // A command line may have pages.
    private const int MaxLine = 44;
    private const int MaxAddresses = 3;
    private const int UsualMtu = 1500;

    internal static string Shorten(string text)
    {
        string line = MapItems.Clean(text).Replace("\n", ", ", System.StringComparison.Ordinal);
        int length = line.Length <= MaxLine ? line.Length : char.IsHighSurrogate(line[MaxLine - 2]) ? MaxLine - 2 : MaxLine - 1;
        return length == line.Length ? line : $"{line[..length]}…";
    }

    /// <summary>The first process of a namespace, or what else keeps it.</summary>
    internal static string KeeperOf(NamespaceInfo ns) =>
        ns.ProcessId is int id ? string.Create(CultureInfo.InvariantCulture, $"{Shorten(ns.Command ?? "process")} ({id})")
        : ns.MountPoint is string own && own == $"/run/netns/{ns.Name}" ? "kept by its name"
        : ns.MountPoint is string place ? Shorten($"kept by the mount {place}")
        : ns.Sources == NamespaceSource.None ? "no process seen"
        : Shorten($"kept by {string.Join(", ", ns.Source)}".ToLowerInvariant());

    /// <summary>State, MTU and addresses in one line; addresses of the link alone only where there are no others.</summary>
    internal static string StateOf(NetNamespaceInterface link)
    {
        string state = link.IsUp ? $"{link.State}".ToLowerInvariant() : "off";
        string mtu = link.Mtu is 0 or UsualMtu ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" mtu {link.Mtu}");
        return $"{state}{mtu}";
    }

    internal static List<string> AddressesOf(NetNamespaceInterface link)
    {
        List<string> all = [.. link.Address.Where(address => !address.StartsWith("fe80:", System.StringComparison.OrdinalIgnoreCase)).Select(Shorten)];
        return all.Count <= MaxAddresses ? all : [.. all.Take(MaxAddresses - 1), string.Create(CultureInfo.InvariantCulture, $"and {all.Count - MaxAddresses + 1} more")];
    }

    internal static string RowOf(NetNamespaceInterface link) => string.Join("  ", [Shorten(link.InterfaceName), .. AddressesOf(link), StateOf(link)]);

    internal static bool Works(NetNamespaceInterface link) => link.IsUp && link.State is NetInterfaceState.Up or NetInterfaceState.Unknown;
}
