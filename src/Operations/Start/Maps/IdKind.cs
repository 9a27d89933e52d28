namespace LinuxNamespaces.Operations.Start.Maps;

/// <summary>User ids or group ids.</summary>
internal enum IdKind
{
    User,
    Group,
}
