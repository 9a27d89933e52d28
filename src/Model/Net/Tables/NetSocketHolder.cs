namespace LinuxNamespaces;

/// <summary>A process that holds a socket.</summary>
internal sealed record NetSocketHolder(int ProcessId, int Descriptor, string? Name, string? Container);
