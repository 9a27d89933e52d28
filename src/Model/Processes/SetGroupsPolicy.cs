namespace LinuxNamespaces;

/// <summary>Whether processes of a user namespace may call setgroups(2). See user_namespaces(7).</summary>
public enum SetGroupsPolicy
{
    /// <summary>Written as <c>allow</c>.</summary>
    Allow,

    /// <summary>Written as <c>deny</c>; the kernel never takes that back.</summary>
    Deny,
}
