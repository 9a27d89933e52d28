using System;
using System.Globalization;

namespace LinuxNamespaces;

/// <summary>An id for a net namespace: a number, or <c>Auto</c> for the next one that is free.</summary>
public readonly struct NetNsIdChoice : IEquatable<NetNsIdChoice>
{
    /// <summary>A number of one's own choice.</summary>
    /// <param name="id">0 or more.</param>
    public NetNsIdChoice(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        Id = id;
    }

    /// <summary>A number, or <c>Auto</c>.</summary>
    /// <param name="text">As it is typed.</param>
    public NetNsIdChoice(string text)
    {
        if (!string.Equals(text, "Auto", StringComparison.OrdinalIgnoreCase))
        {
            Id = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                ? id
                : throw new FormatException($"'{text}' is neither an id (0 to {int.MaxValue}) nor 'Auto'.");
        }
    }

    /// <summary>The number; null for Auto.</summary>
    public int? Id { get; }

    /// <inheritdoc/>
    public bool Equals(NetNsIdChoice other) => Id == other.Id;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NetNsIdChoice other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>As it is typed.</summary>
    public override string ToString() => Id?.ToString(CultureInfo.InvariantCulture) ?? "Auto";

    /// <summary>Same choice.</summary>
    public static bool operator ==(NetNsIdChoice left, NetNsIdChoice right) => left.Equals(right);

    /// <summary>Another choice.</summary>
    public static bool operator !=(NetNsIdChoice left, NetNsIdChoice right) => !left.Equals(right);
}
