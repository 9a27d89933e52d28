using System.Globalization;
using System.Linq;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>
/// Where an interface came from, and what it was called there. The kernel does not remember, so it is written on the interface itself: as an
/// alternative name, which moves with it and is in nobody's way.
/// </summary>
internal sealed record NetInterfaceHome(ulong Inode, ulong NamespaceId, string Name)
{
    private const string Start = "home-";

    /// <summary>The home that is written on an interface; null for none.</summary>
    internal static NetInterfaceHome? Of(LinkMessage link) => link.AlternativeNames.Select(Parse).FirstOrDefault(home => home is not null);

    /// <summary>The home of an interface that is about to leave it.</summary>
    internal static NetInterfaceHome Leaving(NamespaceHandle handle, string name) => new(handle.Inode, handle.NamespaceId ?? 0, name);

    /// <summary>Whether it is this very namespace.</summary>
    internal bool Is(NamespaceHandle handle) => handle.Inode == Inode && (NamespaceId == 0 || handle.NamespaceId is null || handle.NamespaceId == NamespaceId);

    /// <summary>The namespace as one that was seen before.</summary>
    internal NamespaceInfo ToInfo() => new() { Type = NamespaceType.Net, Inode = Inode, NamespaceId = NamespaceId == 0 ? null : NamespaceId };

    /// <summary>The alternative name.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Start}{Inode}-{NamespaceId}-{Name}");

    /// <summary>Reads an alternative name; null for one that means something else.</summary>
    internal static NetInterfaceHome? Parse(string text)
    {
        string[] parts = text.Split('-', 4);
        return parts.Length == 4 && text.StartsWith(Start, System.StringComparison.Ordinal)
            && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)
            && ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out ulong id) && parts[3].Length > 0
            ? new NetInterfaceHome(inode, id, parts[3])
            : null;
    }
}
