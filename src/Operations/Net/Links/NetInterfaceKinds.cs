using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>The properties of the kinds of interfaces.</summary>
internal static class NetInterfaceKinds
{
    private static readonly Dictionary<string, uint> s_macvlanModes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["private"] = LibC.MACVLAN_MODE_PRIVATE,
        ["vepa"] = LibC.MACVLAN_MODE_VEPA,
        ["bridge"] = LibC.MACVLAN_MODE_BRIDGE,
        ["passthru"] = LibC.MACVLAN_MODE_PASSTHRU,
        ["source"] = LibC.MACVLAN_MODE_SOURCE,
    };

    private static readonly Dictionary<string, uint> s_ipvlanModes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["l2"] = LibC.IPVLAN_MODE_L2,
        ["l3"] = LibC.IPVLAN_MODE_L3,
        ["l3s"] = LibC.IPVLAN_MODE_L3S,
    };

    private static readonly Dictionary<string, uint> s_netkitModes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["l2"] = LibC.NETKIT_L2,
        ["l3"] = LibC.NETKIT_L3,
    };

    /// <summary>The kernel's name.</summary>
    internal static string NameOf(NetInterfaceKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The remedy for a kernel that lacks a kind: its module, and the option to build a kernel with.</summary>
    internal static string RemedyOf(NetInterfaceKind kind) => kind switch
    {
        // The only one of these that cannot be a module.
        NetInterfaceKind.Netkit => "Use a kernel with CONFIG_NETKIT (Linux 6.7); netkit is built in, not a module.",
        NetInterfaceKind.Vlan => "Load the module: modprobe 8021q; or use a kernel with CONFIG_VLAN_8021Q.",
        _ => $"Load the module: modprobe {NameOf(kind)}; or use a kernel with CONFIG_{kind.ToString().ToUpperInvariant()}.",
    };

    /// <summary>Whether such an interface rests on another one, always or where one is given.</summary>
    internal static bool NeedsLower(NetInterfaceKind kind) => kind is NetInterfaceKind.Macvlan or NetInterfaceKind.Ipvlan or NetInterfaceKind.Vlan;

    /// <summary>All names of modes, for completion.</summary>
    internal static IEnumerable<string> ModeNames => s_macvlanModes.Keys.Concat(s_ipvlanModes.Keys).Distinct();

    /// <summary>The number of a mode; null where none is given and the kernel has a usual one.</summary>
    /// <exception cref="NamespaceException">InvalidInterface.</exception>
    internal static uint? ParseMode(NetInterfaceKind kind, string? mode)
    {
        Dictionary<string, uint>? modes = kind switch
        {
            NetInterfaceKind.Macvlan => s_macvlanModes,
            NetInterfaceKind.Ipvlan => s_ipvlanModes,
            NetInterfaceKind.Netkit => s_netkitModes,
            _ => null,
        };
        if (mode is null)
        {
            // The kernel's own choice for macvlan is vepa, which needs a switch that sends packets back.
            return kind switch
            {
                NetInterfaceKind.Macvlan => LibC.MACVLAN_MODE_BRIDGE,
                NetInterfaceKind.Ipvlan => LibC.IPVLAN_MODE_L2,
                NetInterfaceKind.Netkit => LibC.NETKIT_L2,
                _ => null,
            };
        }

        return modes is not null && modes.TryGetValue(mode, out uint number) ? number : throw new NamespaceException(
            ErrorIds.InvalidInterface,
            $"'{Kernel.Files.SafeText.Escape(mode)}' is not a mode of a {NameOf(kind)}.",
            modes is null ? "Leave -Mode out." : $"Give one of {string.Join(", ", modes.Keys)}.");
    }
}
