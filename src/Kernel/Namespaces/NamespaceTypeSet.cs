using System.Collections.Generic;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>A set of namespace types.</summary>
internal readonly record struct NamespaceTypeSet
{
    // Bits of 1 << (int)type.
    private readonly int _mask;

    private NamespaceTypeSet(int mask) => _mask = mask;

    /// <summary>Every type.</summary>
    internal static NamespaceTypeSet All { get; } = new((1 << NamespaceTypes.Count) - 1);

    /// <summary>These types.</summary>
    internal static NamespaceTypeSet Of(params IEnumerable<NamespaceType> types)
    {
        int mask = 0;
        foreach (NamespaceType type in types)
        {
            mask |= 1 << (int)type;
        }

        return new NamespaceTypeSet(mask);
    }

    /// <summary>These types; every type where none was asked for.</summary>
    internal static NamespaceTypeSet OfOrAll(IEnumerable<NamespaceType>? types) => types is null ? All : Of(types);

    /// <summary>Whether a type is among them.</summary>
    internal bool Contains(NamespaceType type) => (_mask & (1 << (int)type)) != 0;
}
