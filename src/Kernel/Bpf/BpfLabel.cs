namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>A place in a BPF program that jumps lead to, known once it has been marked.</summary>
internal sealed class BpfLabel
{
    /// <summary>The number of the instruction; -1 before it is marked.</summary>
    internal int Position { get; set; } = -1;
}
