namespace LinuxNamespaces.Operations;

/// <summary>A container by the process that stands for it: its first.</summary>
internal sealed record ContainerProcess(string Container, ProcessIdentity Process);
