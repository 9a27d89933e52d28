using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/bpf.h>
internal static unsafe partial class LibC
{
    internal const int BPF_PROG_LOAD = 5;
    internal const int BPF_LINK_CREATE = 28;
    internal const int BPF_ITER_CREATE = 33;

    internal const uint BPF_PROG_TYPE_TRACING = 26;
    internal const uint BPF_TRACE_ITER = 28;

    internal const byte BPF_LD = 0x00;
    internal const byte BPF_LDX = 0x01;
    internal const byte BPF_ST = 0x02;
    internal const byte BPF_STX = 0x03;
    internal const byte BPF_JMP = 0x05;
    internal const byte BPF_JMP32 = 0x06;
    internal const byte BPF_ALU64 = 0x07;

    internal const byte BPF_W = 0x00;
    internal const byte BPF_DW = 0x18;
    internal const byte BPF_IMM = 0x00;
    internal const byte BPF_MEM = 0x60;

    internal const byte BPF_ADD = 0x00;
    internal const byte BPF_AND = 0x50;
    internal const byte BPF_LSH = 0x60;
    internal const byte BPF_RSH = 0x70;
    internal const byte BPF_MOV = 0xb0;
    internal const byte BPF_K = 0x00;
    internal const byte BPF_X = 0x08;

    internal const byte BPF_JA = 0x00;
    internal const byte BPF_JEQ = 0x10;
    internal const byte BPF_JGT = 0x20;
    internal const byte BPF_JNE = 0x50;
    internal const byte BPF_CALL = 0x80;
    internal const byte BPF_EXIT = 0x90;

    internal const int BPF_PSEUDO_KFUNC_CALL = 2;

    internal const int BPF_FUNC_get_current_pid_tgid = 14;
    internal const int BPF_FUNC_probe_read_kernel = 113;
    internal const int BPF_FUNC_seq_write = 127;

    /// <summary>One instruction; C has the two registers as bit fields of one byte.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct bpf_insn
    {
        internal byte code;
        private byte registers;
        internal short off;
        internal int imm;

        internal bpf_insn(byte code, int dst_reg, int src_reg, short off, int imm)
        {
            this.code = code;
            registers = (byte)(dst_reg | (src_reg << 4));
            this.off = off;
            this.imm = imm;
        }

        internal readonly int dst_reg => registers & 0xf;

        internal readonly int src_reg => registers >> 4;
    }

    /// <summary>The argument of bpf(2), as far as the module uses it: a union with one part for each command.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    internal struct bpf_attr
    {
        [FieldOffset(0)]
        internal uint prog_type;
        [FieldOffset(4)]
        internal uint insn_cnt;
        [FieldOffset(8)]
        internal ulong insns;
        [FieldOffset(16)]
        internal ulong license;
        [FieldOffset(24)]
        internal uint log_level;
        [FieldOffset(28)]
        internal uint log_size;
        [FieldOffset(32)]
        internal ulong log_buf;
        [FieldOffset(48)]
        internal fixed byte prog_name[16];
        [FieldOffset(68)]
        internal uint expected_attach_type;
        [FieldOffset(108)]
        internal uint attach_btf_id;

        [FieldOffset(0)]
        internal uint link_create_prog_fd;
        [FieldOffset(8)]
        internal uint link_create_attach_type;

        [FieldOffset(0)]
        internal uint iter_create_link_fd;
    }
}
