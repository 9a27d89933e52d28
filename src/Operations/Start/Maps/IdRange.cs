using System.Globalization;

namespace LinuxNamespaces.Operations.Start.Maps;

/// <summary>A line of a uid_map or gid_map: <paramref name="Count"/> ids from Inner on, inside, are those from Outer on, outside.</summary>
internal readonly record struct IdRange(uint Inner, uint Outer, uint Count)
{
    internal ulong InnerEnd => (ulong)Inner + Count;

    internal ulong OuterEnd => (ulong)Outer + Count;

    /// <summary>As in the map file, without the newline.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Inner} {Outer} {Count}");
}
