namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>What a <see cref="StepArgument"/> stands for.</summary>
internal enum StepArgumentKind
{
    Number,
    Text,
    Bytes,
    Descriptor,
    Result,
    JoinedNamespace,
    Handle,
    ProcessId,
}
