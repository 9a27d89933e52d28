using System.Globalization;

namespace LinuxNamespaces;

/// <summary>How many namespaces of a type each user may have, and how many there are.</summary>
public sealed class NamespaceLimit : MachineRecord
{
    internal NamespaceLimit()
    {
    }

    /// <summary>The kind of namespace.</summary>
    public NamespaceType Type { get; internal init; }

    /// <summary>The most that each user may have, those below user namespaces of his included.</summary>
    public long Limit { get; internal init; }

    /// <summary>How many are in use by all users together, as far as they can be found; the initial ones do not count.</summary>
    public int InUse { get; internal init; }

    /// <summary>
    /// The users and their counts, highest first, for example <c>alice 12, root 3</c>. Namespaces owned directly by our user namespace count as root's,
    /// since only a privileged process can have made it.
    /// </summary>
    public string? InUseBy { get; internal init; }

    /// <summary>The number of namespaces that the user with the most can still create.</summary>
    public long Left { get; internal init; }

    /// <summary>The sysctl, for example <c>user.max_net_namespaces</c>.</summary>
    public string Sysctl { get; internal init; } = string.Empty;

    /// <summary>The type and its limit.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sysctl} = {Limit}");
}
