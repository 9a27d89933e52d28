using System;
using System.Collections.Generic;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Find;

/// <summary>
/// The namespaces of processes, each combination once: thousands of processes are in a handful of combinations, so that what
/// is done for a combination is not done for a process.
/// </summary>
internal sealed class NamespaceSets
{
    private readonly List<NamespaceSet> _all = [];
    private readonly Dictionary<int, List<int>> _byHash = [];
    private int _last = -1;

    internal int Count => _all.Count;

    internal NamespaceSet this[int index] => _all[index];

    /// <summary>Counts a process into its combination, and returns its index.</summary>
    /// <param name="inodes">By type; 0 where the process has none.</param>
    /// <param name="process">The row of the process.</param>
    /// <param name="isNew">Whether it is the first process of that combination.</param>
    internal int Add(ReadOnlySpan<ulong> inodes, int process, out bool isNew)
    {
        isNew = false;
        if (_last < 0 || !inodes.SequenceEqual(_all[_last].Inodes))
        {
            _last = Find(inodes, process, out isNew);
        }

        _all[_last].ProcessCount++;
        return _last;
    }

    private int Find(ReadOnlySpan<ulong> inodes, int process, out bool isNew)
    {
        int hash = Hash(inodes);
        if (!_byHash.TryGetValue(hash, out List<int>? candidates))
        {
            candidates = new List<int>(1);
            _byHash.Add(hash, candidates);
        }

        foreach (int candidate in candidates)
        {
            if (inodes.SequenceEqual(_all[candidate].Inodes))
            {
                isNew = false;
                return candidate;
            }
        }

        isNew = true;
        candidates.Add(_all.Count);
        _all.Add(new NamespaceSet(inodes.ToArray(), process));
        return _all.Count - 1;
    }

    private static int Hash(ReadOnlySpan<ulong> inodes)
    {
        ulong hash = 0;
        for (int i = 0; i < NamespaceTypes.Count; i++)
        {
            hash = (hash ^ inodes[i]) * 0x9E3779B97F4A7C15;
            hash ^= hash >> 32;
        }

        return (int)hash;
    }
}

/// <summary>One combination of namespaces that processes are in.</summary>
/// <param name="inodes">By type; 0 where they have none.</param>
/// <param name="firstProcess">The row of the lowest PID.</param>
internal sealed class NamespaceSet(ulong[] inodes, int firstProcess)
{
    internal ulong[] Inodes { get; } = inodes;

    internal int FirstProcess { get; } = firstProcess;

    internal int ProcessCount { get; set; }
}
