using System;
using System.Collections.Generic;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.UnitTests;

/// <summary>Reads BPF instructions from their bytes, by the kernel's instruction set, and writes them as its verifier does.</summary>
internal static class BpfDisassembler
{
    internal static List<string> Read(ReadOnlySpan<LibC.bpf_insn> program)
    {
        ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(program);
        List<string> lines = [];
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            lines.Add(Read(bytes[0], bytes[1] & 0xf, bytes[1] >> 4, BitConverter.ToInt16(bytes[2..]), BitConverter.ToInt32(bytes[4..])));
        }

        return lines;
    }

    private static string Read(int code, int first, int second, short offset, int value) => code switch
    {
        0x61 => $"r{first} = *(u32 *)(r{second} {offset:+0;-0;+0})",
        0x79 => $"r{first} = *(u64 *)(r{second} {offset:+0;-0;+0})",
        0x63 => $"*(u32 *)(r{first} {offset:+0;-0;+0}) = r{second}",
        0x7b => $"*(u64 *)(r{first} {offset:+0;-0;+0}) = r{second}",
        0x62 => $"*(u32 *)(r{first} {offset:+0;-0;+0}) = {value}",
        0x7a => $"*(u64 *)(r{first} {offset:+0;-0;+0}) = {value}",
        0xbf => $"r{first} = r{second}",
        0xb7 => $"r{first} = {value}",
        0x0f => $"r{first} += r{second}",
        0x07 => $"r{first} += {value}",
        0x67 => $"r{first} <<= {value}",
        0x77 => $"r{first} >>= {value}",
        0x57 => $"r{first} &= {value}",
        0x05 => $"goto pc{offset:+0;-0;+0}",
        0x15 => $"if r{first} == 0x{value:x} goto pc{offset:+0;-0;+0}",
        0x1d => $"if r{first} == r{second} goto pc{offset:+0;-0;+0}",
        0x55 => $"if r{first} != 0x{value:x} goto pc{offset:+0;-0;+0}",
        0x5d => $"if r{first} != r{second} goto pc{offset:+0;-0;+0}",
        0x25 => $"if r{first} > 0x{value:x} goto pc{offset:+0;-0;+0}",
        0x85 => $"call {value}",
        0x95 => "exit",
        _ => throw new InvalidOperationException($"0x{code:x2} is not an instruction of the module's programs."),
    };
}
