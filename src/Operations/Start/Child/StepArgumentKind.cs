namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>The meaning of a <see cref="StepArgument"/>.</summary>
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
    Filter,
}
