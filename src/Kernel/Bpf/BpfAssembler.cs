using System.Collections.Generic;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>
/// Writes BPF instructions: one method for each that is used. A word has 32 bits and a long has 64; loading a word clears
/// the upper half of the register. See the kernel's Documentation/bpf/standardization/instruction-set.rst.
/// </summary>
internal sealed class BpfAssembler
{
    private readonly List<LibC.bpf_insn> _instructions = new(256);
    private readonly List<(int Position, BpfLabel Target)> _jumps = [];

    /// <summary>target = *(u32 *)(source + offset)</summary>
    internal void LoadWord(BpfRegister target, BpfRegister source, int offset) =>
        Add(LibC.BPF_LDX | LibC.BPF_MEM | LibC.BPF_W, target, source, offset, 0);

    /// <summary>target = *(u64 *)(source + offset)</summary>
    internal void LoadLong(BpfRegister target, BpfRegister source, int offset) =>
        Add(LibC.BPF_LDX | LibC.BPF_MEM | LibC.BPF_DW, target, source, offset, 0);

    /// <summary>*(u32 *)(target + offset) = source</summary>
    internal void StoreWord(BpfRegister target, int offset, BpfRegister source) =>
        Add(LibC.BPF_STX | LibC.BPF_MEM | LibC.BPF_W, target, source, offset, 0);

    /// <summary>*(u64 *)(target + offset) = source</summary>
    internal void StoreLong(BpfRegister target, int offset, BpfRegister source) =>
        Add(LibC.BPF_STX | LibC.BPF_MEM | LibC.BPF_DW, target, source, offset, 0);

    /// <summary>*(u32 *)(target + offset) = value</summary>
    internal void StoreWordValue(BpfRegister target, int offset, int value) =>
        Add(LibC.BPF_ST | LibC.BPF_MEM | LibC.BPF_W, target, BpfRegister.R0, offset, value);

    /// <summary>*(u64 *)(target + offset) = value</summary>
    internal void StoreLongValue(BpfRegister target, int offset, int value) =>
        Add(LibC.BPF_ST | LibC.BPF_MEM | LibC.BPF_DW, target, BpfRegister.R0, offset, value);

    /// <summary>target = source</summary>
    internal void Move(BpfRegister target, BpfRegister source) =>
        Add(LibC.BPF_ALU64 | LibC.BPF_MOV | LibC.BPF_X, target, source, 0, 0);

    /// <summary>target = value</summary>
    internal void MoveValue(BpfRegister target, int value) =>
        Add(LibC.BPF_ALU64 | LibC.BPF_MOV | LibC.BPF_K, target, BpfRegister.R0, 0, value);

    /// <summary>target += source</summary>
    internal void Add(BpfRegister target, BpfRegister source) =>
        Add(LibC.BPF_ALU64 | LibC.BPF_ADD | LibC.BPF_X, target, source, 0, 0);

    /// <summary>target += value</summary>
    internal void AddValue(BpfRegister target, int value) =>
        Add(LibC.BPF_ALU64 | LibC.BPF_ADD | LibC.BPF_K, target, BpfRegister.R0, 0, value);

    /// <summary>target &lt;&lt;= bits</summary>
    internal void ShiftLeft(BpfRegister target, int bits) =>
        Add(LibC.BPF_ALU64 | LibC.BPF_LSH | LibC.BPF_K, target, BpfRegister.R0, 0, bits);

    /// <summary>target &gt;&gt;= bits, without a sign</summary>
    internal void ShiftRight(BpfRegister target, int bits) =>
        Add(LibC.BPF_ALU64 | LibC.BPF_RSH | LibC.BPF_K, target, BpfRegister.R0, 0, bits);

    /// <summary>target &amp;= value</summary>
    internal void AndValue(BpfRegister target, int value) =>
        Add(LibC.BPF_ALU64 | LibC.BPF_AND | LibC.BPF_K, target, BpfRegister.R0, 0, value);

    /// <summary>goto target</summary>
    internal void Jump(BpfLabel target) => Jump(LibC.BPF_JMP | LibC.BPF_JA, BpfRegister.R0, BpfRegister.R0, 0, target);

    /// <summary>if (first == value) goto target</summary>
    internal void JumpIfEqual(BpfRegister first, int value, BpfLabel target) =>
        Jump(LibC.BPF_JMP | LibC.BPF_JEQ | LibC.BPF_K, first, BpfRegister.R0, value, target);

    /// <summary>if (first == second) goto target</summary>
    internal void JumpIfEqual(BpfRegister first, BpfRegister second, BpfLabel target) =>
        Jump(LibC.BPF_JMP | LibC.BPF_JEQ | LibC.BPF_X, first, second, 0, target);

    /// <summary>if (first != value) goto target</summary>
    internal void JumpIfNotEqual(BpfRegister first, int value, BpfLabel target) =>
        Jump(LibC.BPF_JMP | LibC.BPF_JNE | LibC.BPF_K, first, BpfRegister.R0, value, target);

    /// <summary>if (first != second) goto target</summary>
    internal void JumpIfNotEqual(BpfRegister first, BpfRegister second, BpfLabel target) =>
        Jump(LibC.BPF_JMP | LibC.BPF_JNE | LibC.BPF_X, first, second, 0, target);

    /// <summary>if (first &gt; value) goto target, without signs</summary>
    internal void JumpIfGreater(BpfRegister first, int value, BpfLabel target) =>
        Jump(LibC.BPF_JMP | LibC.BPF_JGT | LibC.BPF_K, first, BpfRegister.R0, value, target);

    /// <summary>R0 = function(R1, R2, R3, R4, R5)</summary>
    internal void Call(int function) => Add(LibC.BPF_JMP | LibC.BPF_CALL, BpfRegister.R0, BpfRegister.R0, 0, function);

    /// <summary>R0 = function(R1, R2, R3, R4, R5), where the function is a kernel function by the id of its type</summary>
    internal void CallKernel(uint function) =>
        Add(LibC.BPF_JMP | LibC.BPF_CALL, BpfRegister.R0, (BpfRegister)LibC.BPF_PSEUDO_KFUNC_CALL, 0, (int)function);

    /// <summary>return R0</summary>
    internal void Exit() => Add(LibC.BPF_JMP | LibC.BPF_EXIT, BpfRegister.R0, BpfRegister.R0, 0, 0);

    /// <summary>Lets the label stand for the next instruction.</summary>
    internal void Mark(BpfLabel label) => label.Position = _instructions.Count;

    /// <summary>The program, its jumps filled in.</summary>
    /// <exception cref="BpfException">A jump leads nowhere or too far: a fault of the module.</exception>
    internal LibC.bpf_insn[] ToArray()
    {
        foreach ((int position, BpfLabel target) in _jumps)
        {
            int distance = target.Position - position - 1;
            if (target.Position < 0 || distance != (short)distance)
            {
                throw new BpfException($"the jump at instruction {position} has no target");
            }

            CollectionsMarshal.AsSpan(_instructions)[position].off = (short)distance;
        }

        return [.. _instructions];
    }

    private void Jump(int code, BpfRegister first, BpfRegister second, int value, BpfLabel target)
    {
        _jumps.Add((_instructions.Count, target));
        Add(code, first, second, 0, value);
    }

    private void Add(int code, BpfRegister target, BpfRegister source, int offset, int value)
    {
        if (offset != (short)offset)
        {
            throw new BpfException($"the offset {offset} does not fit into an instruction");
        }

        _instructions.Add(new LibC.bpf_insn((byte)code, (int)target, (int)source, (short)offset, value));
    }
}
