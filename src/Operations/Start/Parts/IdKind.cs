namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>User ids or group ids.</summary>
internal enum IdKind
{
    User,
    Group,
}
