namespace LinuxNamespaces.Operations;

/// <summary>User ids or group ids.</summary>
internal enum IdKind
{
    User,
    Group,
}
