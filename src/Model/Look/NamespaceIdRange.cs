using System.Globalization;

namespace LinuxNamespaces;

/// <summary>A range of ids of users or groups: each id inside has one outside.</summary>
public sealed class NamespaceIdRange
{
    internal NamespaceIdRange()
    {
    }

    /// <summary>The first id inside.</summary>
    public uint Inside { get; internal init; }

    /// <summary>The id outside that it has; null where that has none in the user namespace it was read in.</summary>
    public uint? Outside { get; internal init; }

    /// <summary>How many ids follow each other.</summary>
    public uint Count { get; internal init; }

    /// <summary>As -UidMap of New-NamespaceProcess takes it, for example <c>0:100000:65536</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Inside}:{Outside?.ToString(CultureInfo.InvariantCulture) ?? "-"}:{Count}");
}
