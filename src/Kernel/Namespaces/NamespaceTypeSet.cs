using System;
using System.Collections;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>A set of namespace types, in the order of the types.</summary>
[CollectionBuilder(typeof(NamespaceTypeSet), nameof(Create))]
internal readonly record struct NamespaceTypeSet : IReadOnlyCollection<NamespaceType>
{
    // Bits of 1 << (int)type.
    private readonly int _mask;

    private NamespaceTypeSet(int mask) => _mask = mask;

    /// <summary>Every type.</summary>
    internal static NamespaceTypeSet All { get; } = new((1 << NamespaceTypes.Count) - 1);

    /// <summary>How many there are.</summary>
    public int Count => BitOperations.PopCount((uint)_mask);

    /// <summary>These types, for collection expressions.</summary>
    internal static NamespaceTypeSet Create(ReadOnlySpan<NamespaceType> types)
    {
        NamespaceTypeSet set = default;
        foreach (NamespaceType type in types)
        {
            set = set.With(type);
        }

        return set;
    }

    /// <summary>These types.</summary>
    internal static NamespaceTypeSet Of(params IEnumerable<NamespaceType> types) => [.. types];

    /// <summary>These types; every type where none was asked for.</summary>
    internal static NamespaceTypeSet OfOrAll(IEnumerable<NamespaceType>? types) => types is null ? All : Of(types);

    /// <summary>The same and one more.</summary>
    /// <param name="type">The type to add.</param>
    /// <param name="isNeeded">Whether it is to be added at all.</param>
    internal NamespaceTypeSet With(NamespaceType type, bool isNeeded = true) => isNeeded ? new(_mask | (1 << (int)type)) : this;

    /// <summary>Whether a type is among them.</summary>
    internal bool Contains(NamespaceType type) => (_mask & (1 << (int)type)) != 0;

    /// <summary>The types, in their order.</summary>
    public IEnumerator<NamespaceType> GetEnumerator()
    {
        for (int i = 0; i < NamespaceTypes.Count; i++)
        {
            if (Contains((NamespaceType)i))
            {
                yield return (NamespaceType)i;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
