namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>
/// The registers of a BPF program: R0 has results, R1 to R5 are arguments that a call clobbers, R6 to R9 keep their values,
/// R10 points to the end of the stack and cannot be changed.
/// </summary>
internal enum BpfRegister
{
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
}
