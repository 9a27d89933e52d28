using System.Runtime.InteropServices;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>
/// An argument of a step: a plain number, or something that gets its value only when the child is made, because it
/// needs memory or a descriptor.
/// </summary>
internal readonly struct StepArgument
{
    private StepArgument(StepArgumentKind kind, nint number, object? value)
    {
        Kind = kind;
        Number = number;
        Value = value;
    }

    internal StepArgumentKind Kind { get; }

    internal nint Number { get; }

    /// <summary>A string or bytes to be copied into the child's memory, or a handle.</summary>
    internal object? Value { get; }

    public static implicit operator StepArgument(int number) => new(StepArgumentKind.Number, number, null);

    public static implicit operator StepArgument(uint number) => new(StepArgumentKind.Number, (nint)number, null);

    public static implicit operator StepArgument(ulong number) => new(StepArgumentKind.Number, (nint)number, null);

    /// <summary>The address of a string that ends in NUL.</summary>
    public static implicit operator StepArgument(string text) => new(StepArgumentKind.Text, 0, text);

    /// <summary>The address of a copy of these bytes.</summary>
    public static implicit operator StepArgument(byte[] bytes) => new(StepArgumentKind.Bytes, 0, bytes);

    /// <summary>The number of a descriptor of the session.</summary>
    public static implicit operator StepArgument(SpawnDescriptor descriptor) => new(StepArgumentKind.Descriptor, (nint)descriptor, null);

    /// <summary>The address of bytes the child fills and the session reads.</summary>
    internal static StepArgument Result(SpawnResult result) => new(StepArgumentKind.Result, (nint)result, null);

    /// <summary>The number of the child as it sees itself, in a plan without gates. Only as the second argument of three.</summary>
    internal static StepArgument ProcessId { get; } = new(StepArgumentKind.ProcessId, 0, null);

    /// <summary>The address of a socket filter program (struct sock_fprog) of these instructions.</summary>
    internal static StepArgument Filter(byte[] instructions) => new(StepArgumentKind.Filter, 0, instructions);

    /// <summary>The number of a descriptor the caller holds open.</summary>
    internal static StepArgument Held(SafeHandle handle) => new(StepArgumentKind.Handle, 0, handle);

    /// <summary>The number of the descriptor of a namespace to join.</summary>
    internal static StepArgument Joined(NamespaceHandle handle) => new(StepArgumentKind.JoinedNamespace, 0, handle);
}
