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

    /// <summary>Their names in the kernel, with commas between.</summary>
    internal string Names
    {
        get
        {
            List<string> names = [];
            foreach (NamespaceType type in this)
            {
                names.Add(type.KernelName());
            }

            return string.Join(", ", names);
        }
    }

    /// <summary>Their CLONE_NEW* flags.</summary>
    internal int CloneFlags
    {
        get
        {
            int flags = 0;
            foreach (NamespaceType type in this)
            {
                flags |= type.CloneFlag();
            }

            return flags;
        }
    }

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

    /// <summary>The same and those of another set.</summary>
    internal NamespaceTypeSet Union(NamespaceTypeSet other) => new(_mask | other._mask);

    /// <summary>The same without those of another set.</summary>
    internal NamespaceTypeSet Except(NamespaceTypeSet other) => new(_mask & ~other._mask);

    /// <summary>Whether a type is among them.</summary>
    internal bool Contains(NamespaceType type) => (_mask & (1 << (int)type)) != 0;

    /// <summary>The types, in their order.</summary>
    public Enumerator GetEnumerator() => new(_mask);

    IEnumerator<NamespaceType> IEnumerable<NamespaceType>.GetEnumerator()
    {
        foreach (NamespaceType type in this)
        {
            yield return type;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<NamespaceType>)this).GetEnumerator();

    /// <summary>Goes through the types without an object.</summary>
    internal struct Enumerator
    {
        private int _rest;

        internal Enumerator(int mask)
        {
            _rest = mask;
            Current = default;
        }

        /// <summary>The type it has come to.</summary>
        public NamespaceType Current { get; private set; }

        /// <summary>Goes on to the next; false after the last.</summary>
        public bool MoveNext()
        {
            if (_rest == 0)
            {
                return false;
            }

            Current = (NamespaceType)BitOperations.TrailingZeroCount(_rest);
            _rest &= _rest - 1;
            return true;
        }
    }
}
