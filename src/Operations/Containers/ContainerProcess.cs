namespace LinuxNamespaces.Operations.Containers;

/// <summary>A container by the process that stands for it: its first.</summary>
internal sealed record ContainerProcess(Container Container, ProcessIdentity Process);
