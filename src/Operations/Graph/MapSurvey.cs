using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Operations.Find;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Looks at this machine for a map.</summary>
internal static class MapSurvey
{
    /// <summary>All namespaces, their interfaces, and the processes that show what containers share.</summary>
    /// <exception cref="LinuxException">There is no usable /proc.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal static InventoryResult Read(MapMachine machine, Action<string, int, int> progress, CancellationToken cancellation)
    {
        InventoryResult result = NamespaceInventory.Read(new InventoryOptions { Progress = progress }, cancellation);
        machine.Namespaces.AddRange(result.Namespaces);
        using NetInterfaceReader reader = new(cancellation);
        NamespaceInfo[] networks = [.. result.Namespaces.Where(ns => ns.Type == NamespaceType.Net)];
        for (int i = 0; i < networks.Length; i++)
        {
            progress("net namespaces", i, networks.Length);
            AddInterfaces(machine, networks[i], reader);
        }

        AddProcesses(machine, result.Namespaces, cancellation);
        return result;
    }

    /// <summary>The first process of each namespace that is not the host's, with all its namespaces.</summary>
    internal static void AddProcesses(MapMachine machine, IEnumerable<NamespaceInfo> namespaces, CancellationToken cancellation)
    {
        HashSet<int> known = [.. machine.Processes.Select(process => process.Id)];
        using NamespaceProcessReader reader = new();
        foreach (int processId in namespaces.Where(ns => !ns.IsInitial).Select(ns => ns.ProcessId).OfType<int>().Distinct().Where(known.Add))
        {
            cancellation.ThrowIfCancellationRequested();
            if (reader.Read(processId) is NamespaceProcess process)
            {
                machine.Processes.Add(process);
            }
        }
    }

    // A namespace may go, or be out of reach: then it is drawn without interfaces.
    private static void AddInterfaces(MapMachine machine, NamespaceInfo ns, NetInterfaceReader reader)
    {
        try
        {
            using NetTarget? target = NetTarget.TryOpen(ns);
            if (target is not null)
            {
                machine.Interfaces.AddRange(reader.Read(target));
            }
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            return;
        }
    }
}
