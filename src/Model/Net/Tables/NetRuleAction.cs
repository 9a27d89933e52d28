using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The action of a rule for a matching packet (FR_ACT_* of linux/fib_rules.h).</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NetRuleAction : long
{
    /// <summary>Nothing is said.</summary>
    Unspecified = 0,

    /// <summary>Looks for a route in a table.</summary>
    Lookup = 1,

    /// <summary>Goes on with another rule.</summary>
    Goto = 2,

    /// <summary>Nothing.</summary>
    Nop = 3,

    /// <summary>Drops it silently.</summary>
    Blackhole = 6,

    /// <summary>Drops it, and says that the destination cannot be reached.</summary>
    Unreachable = 7,

    /// <summary>Drops it, and says that it is forbidden.</summary>
    Prohibit = 8,
}
