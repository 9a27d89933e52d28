namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>
/// What a caller wants started, and where. Each part of this room declares its own wishes, in its own file; <see cref="SpawnPlanner"/> asks the
/// parts for the steps.
/// </summary>
internal sealed partial record SpawnRequest;
