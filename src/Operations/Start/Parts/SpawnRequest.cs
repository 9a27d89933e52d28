namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>
/// The wishes of a caller for one start. Each part of this room declares its own wishes, in its own file; <see cref="SpawnPlanner"/> asks the
/// parts for the steps.
/// </summary>
internal sealed partial record SpawnRequest;
