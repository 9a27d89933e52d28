namespace LinuxNamespaces.Operations.Find;

/// <summary>The facts about a namespace from the kernel's structures, so that nothing has to be opened for it.</summary>
/// <param name="NamespaceId">The 64-bit id; null before Linux 6.18.</param>
/// <param name="OwnerInode">The owning user namespace, of a user namespace its parent; 0 where there is none.</param>
/// <param name="OwnerUserId">The uid that made the owning user namespace, of a user namespace that made it.</param>
/// <param name="ParentInode">The parent of a pid or user namespace; 0 where there is none, or it is out of sight.</param>
internal readonly record struct NamespaceFacts(ulong? NamespaceId, ulong OwnerInode, uint OwnerUserId, ulong ParentInode);

/// <summary>The facts about a process from the kernel's structures.</summary>
/// <param name="ParentId">The PID of its parent; 0 where that is out of sight.</param>
/// <param name="UserId">The effective uid.</param>
/// <param name="Cgroups">The number of its set of control groups; 0 where it is not known.</param>
/// <param name="Name">The name the kernel knows it by, safe for a terminal.</param>
internal sealed record ProcessFacts(int ParentId, uint UserId, ulong Cgroups, string Name);
