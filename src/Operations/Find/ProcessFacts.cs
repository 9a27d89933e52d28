namespace LinuxNamespaces.Operations.Find;

/// <summary>What the kernel's structures tell of a process.</summary>
/// <param name="ParentId">The PID of its parent; 0 where that is out of sight.</param>
/// <param name="UserId">The effective uid.</param>
/// <param name="Cgroups">What stands for its control groups; 0 where that is not known.</param>
/// <param name="Name">The name the kernel knows it by, safe for a terminal.</param>
internal sealed record ProcessFacts(int ParentId, uint UserId, ulong Cgroups, string Name);
