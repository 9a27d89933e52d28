using System;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Operations.Start.Planning;

/// <summary>The work of the session for one part while the child waits at a gate.</summary>
/// <param name="Text">The work for people, after "the session"; null is not said.</param>
/// <param name="Do">The work itself; null where it is enough that the child has waited.</param>
internal sealed record GateWork(string? Text, Action<SpawnGate>? Do);
