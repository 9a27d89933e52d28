using System;
using System.Collections.Generic;
using System.Linq;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>The machines of one map. A machine is a name together with the start of its kernel: two may have the same name.</summary>
internal sealed class MapMachines
{
    private readonly Dictionary<(string Name, string? BootId), MapMachine> _machines = [];

    internal IEnumerable<MapMachine> All => _machines.Values.Where(machine => !machine.IsEmpty);

    /// <summary>This machine, as it is now.</summary>
    internal MapMachine This => Of(Environment.MachineName, IMachine.This.BootId, isOther: false, isOld: false);

    /// <summary>The machine that objects are from.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="bootId">The start of its kernel; null where it is not known.</param>
    /// <param name="isOther">Whether it is another machine than this.</param>
    /// <param name="isOld">Whether it is this machine before its last start.</param>
    internal MapMachine Of(string name, string? bootId, bool isOther, bool isOld)
    {
        bootId ??= isOther ? null : IMachine.This.BootId;
        (string, string?) key = (name.ToUpperInvariant(), bootId);
        if (!_machines.TryGetValue(key, out MapMachine? machine))
        {
            machine = new MapMachine(name) { ComputerName = name, BootId = bootId, IsThisMachine = !isOther && !isOld, IsGone = isOld };
            _machines.Add(key, machine);
        }

        return machine;
    }

    /// <summary>All in the order of their names, each with a name of its own.</summary>
    internal MapMachine[] Sort() =>
    [
        .. All.GroupBy(machine => machine.ComputerName, StringComparer.OrdinalIgnoreCase).OrderBy(same => same.Key, StringComparer.OrdinalIgnoreCase)
            .SelectMany(same => same.Select(machine => machine.BootId is string boot && (machine.IsGone || (!machine.IsThisMachine && same.Count() > 1))
                ? machine with { Host = $"{machine.ComputerName} (boot {boot.Split('-')[0]})" }
                : machine)),
    ];
}
