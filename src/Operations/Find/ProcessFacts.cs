namespace LinuxNamespaces.Operations.Find;

/// <summary>The facts about a process from the kernel's structures.</summary>
/// <param name="ParentId">The PID of its parent; 0 where that is out of sight.</param>
/// <param name="UserId">The effective uid.</param>
/// <param name="Cgroups">The number of its set of control groups; 0 where it is not known.</param>
/// <param name="Name">The name the kernel knows it by, safe for a terminal.</param>
internal sealed record ProcessFacts(int ParentId, uint UserId, ulong Cgroups, string Name);
