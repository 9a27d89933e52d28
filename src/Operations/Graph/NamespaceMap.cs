using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Three pictures of the same objects: networks, relations and containers.</summary>
internal sealed class NamespaceMap
{
    private readonly List<MapItem> _items = [];

    private NamespaceMap(string title, IReadOnlyList<MapMachine> machines)
    {
        Title = title;
        Hosts = [.. machines.Select(machine => MapItems.Clean(machine.Host))];
        for (int i = 0; i < machines.Count; i++)
        {
            MapMachine machine = machines[i];
            string prefix = string.Create(CultureInfo.InvariantCulture, $"m{i}-");
            MapItems items = new(machine, _items);
            items.AddAll();
            NetworkPicture.Add(Pictures[0], machine, items, prefix);
            RelationPicture.Add(Pictures[1], machine, items, prefix);
            ContainerPicture.Add(Pictures[2], machine, items, prefix);
        }
    }

    internal string Title { get; }

    internal IReadOnlyList<string> Hosts { get; }

    internal IReadOnlyList<MapItem> Items => _items;

    internal IReadOnlyList<MapPicture> Pictures { get; } = [NetworkPicture.Create(), RelationPicture.Create(), ContainerPicture.Create()];

    internal static NamespaceMap Create(string title, IReadOnlyList<MapMachine> machines) => new(MapItems.Clean(title), machines);
}
