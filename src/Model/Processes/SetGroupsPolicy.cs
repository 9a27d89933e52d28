using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>Whether processes of a user namespace may call setgroups(2). See user_namespaces(7).</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum SetGroupsPolicy : long
{
    /// <summary>Written as <c>allow</c>.</summary>
    Allow,

    /// <summary>Written as <c>deny</c>; the kernel never takes that back.</summary>
    Deny,
}
