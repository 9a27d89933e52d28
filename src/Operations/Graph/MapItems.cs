using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Makes the items of one machine: their titles, details and commands.</summary>
internal sealed class MapItems(MapMachine machine, List<MapItem> items)
{
    private static readonly PropertyInfo[] s_interfaceProperties = [.. typeof(NetNamespaceInterface).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).OrderBy(property => property.MetadataToken)];

    // The first of each inode: objects may be given twice.
    private readonly Dictionary<ulong, NamespaceInfo> _networks = machine.Namespaces.Where(ns => ns.Type == NamespaceType.Net).DistinctBy(ns => ns.Inode).ToDictionary(ns => ns.Inode);
    private readonly Dictionary<(NamespaceType, ulong), int> _namespaces = [];
    private readonly Dictionary<(ulong, int), int> _interfaces = [];

    /// <summary>Adds all objects of the machine, each once.</summary>
    internal void AddAll()
    {
        foreach (NamespaceInfo ns in machine.Namespaces)
        {
            _namespaces.TryAdd((ns.Type, ns.Inode), Add(new MapItem(TitleOf(ns), machine.Host, $"{ns.Type}", DetailsOf(ns), CommandsOf(ns))));
        }

        foreach (NetNamespaceInterface link in machine.Interfaces)
        {
            _interfaces.TryAdd((link.NamespaceInode, link.InterfaceIndex), Add(new MapItem(Clean($"{link}"), machine.Host, KindOf(link), DetailsOf(link), CommandsOf(link))));
        }
    }

    internal int? Find(NamespaceType type, ulong inode) => _namespaces.TryGetValue((type, inode), out int item) ? item : null;

    internal int? Find(NetNamespaceInterface link) => _interfaces.TryGetValue((link.NamespaceInode, link.InterfaceIndex), out int item) ? item : null;

    internal static string TitleOf(NamespaceInfo ns) => ns.Name is null ? $"{ns}" : Clean($"{ns.Name} {ns}");

    /// <summary>Null is said of hardware by the kernel itself.</summary>
    internal static string KindOf(NetNamespaceInterface link) => Clean(link.Kind ?? "hardware");

    /// <summary>Text that came from another machine, or a file, has been through nobody's hands.</summary>
    internal static string Clean(string text) => text.Contains('\n') ? string.Join('\n', text.Split('\n').Select(SafeText.Escape)) : SafeText.Escape(text);

    private int Add(MapItem item)
    {
        items.Add(item);
        return items.Count - 1;
    }

    private static List<(string, string)> DetailsOf(NamespaceInfo ns) => Present(
        (nameof(ns.Type), ns.Type),
        (nameof(ns.Inode), ns.Inode),
        (nameof(ns.NamespaceId), ns.NamespaceId),
        (nameof(ns.Name), ns.Name),
        (nameof(ns.Source), string.Join(", ", ns.Source)),
        (nameof(ns.ProcessCount), ns.ProcessCount),
        (nameof(ns.ProcessId), ns.ProcessId),
        (nameof(ns.ParentProcessId), ns.ParentProcessId),
        (nameof(ns.Command), ns.Command),
        (nameof(ns.UserId), ns.UserId),
        (nameof(ns.UserName), ns.UserName),
        (nameof(ns.OwnerInode), ns.OwnerInode),
        (nameof(ns.OwnerUserId), ns.OwnerUserId),
        (nameof(ns.ParentInode), ns.ParentInode),
        (nameof(ns.NetNsId), ns.NetNsId),
        (nameof(ns.MountPoint), ns.MountPoint),
        (nameof(ns.MountNamespace), ns.MountNamespace),
        (nameof(ns.Path), ns.Path),
        (nameof(ns.Container), ns.Container),
        (nameof(ns.IsInitial), ns.IsInitial),
        (nameof(ns.IsCurrent), ns.IsCurrent));

    // All of them, as the list view without a format of its own has them.
    private List<(string, string)> DetailsOf(NetNamespaceInterface link) => Present(
    [
        .. s_interfaceProperties.Select(property => (property.Name, property.GetValue(link) is IEnumerable list and not string ? string.Join('\n', list.Cast<object>()) : property.GetValue(link))),
        (nameof(link.MachineName), machine.ComputerName),
        (nameof(link.BootId), machine.BootId),
    ]);

    // Empty values are left out: they would be most of the page.
    private static List<(string, string)> Present(params (string Name, object? Value)[] properties) =>
        [.. properties.Where(property => property.Value is not null and not "").Select(property => (property.Name, Clean(Convert.ToString(property.Value, CultureInfo.InvariantCulture) ?? string.Empty)))];

    private List<string> CommandsOf(NamespaceInfo ns)
    {
        if (machine.IsGone)
        {
            return [];
        }

        string target = ns.ProcessId is int id ? string.Create(CultureInfo.InvariantCulture, $"{id} -Type {ns.Type}")
            : ns.Name is not null && ns.Type == NamespaceType.Net ? $"-Name {Quote(ns.Name)}"
            : $"'{ns}'";
        List<string> commands = GoThere();
        commands.Add($"Enter-Namespace {target}");
        if (ns.Container is string container && container.Contains(':', StringComparison.Ordinal))
        {
            commands.Add($"Enter-Namespace {Quote(container)}");
        }

        commands.Add(string.Create(CultureInfo.InvariantCulture, $"Get-NamespaceProcess -Inode {ns.Inode} -Holder"));
        return commands;
    }

    private List<string> CommandsOf(NetNamespaceInterface link)
    {
        if (machine.IsGone)
        {
            return [];
        }

        NamespaceInfo? inside = _networks.GetValueOrDefault(link.NamespaceInode);
        string? name = inside is null ? (link.Namespace.Contains('[', StringComparison.Ordinal) ? null : link.Namespace) : inside.Name;
        List<string> commands = GoThere();
        if (name is not null)
        {
            commands.Add($"Get-NetNamespaceInterface {Quote(name)} -InterfaceName {QuotePattern(link.InterfaceName)}");
            commands.Add($"Enter-Namespace -Name {Quote(name)}");
        }
        else
        {
            commands.Add(string.Create(CultureInfo.InvariantCulture, $"Get-Namespace -Inode {link.NamespaceInode} | Get-NetNamespaceInterface -InterfaceName {QuotePattern(link.InterfaceName)}"));
            commands.Add(string.Create(CultureInfo.InvariantCulture, $"Enter-Namespace 'net:[{link.NamespaceInode}]'"));
        }

        return commands;
    }

    private List<string> GoThere() => machine.IsThisMachine ? [] : [$"Enter-PSSession -HostName {Quote(machine.ComputerName)}"];

    // These lines are to be copied and run, and a name from outside must stay one word. PowerShell takes four more characters for quotes.
    private static string Quote(string text) =>
        "'" + string.Concat(Clean(text).Select(character => character is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b' ? $"{character}{character}" : $"{character}")) + "'";

    private static string QuotePattern(string text) => Quote(string.Concat(text.Select(character => character is '*' or '?' or '[' or ']' or '`' ? $"`{character}" : $"{character}")));
}
