using System;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>
/// A loaded BPF program that an iterator of the kernel runs for each of its objects (Linux 5.8). The descriptor closes in programs
/// that are started, as all descriptors of bpf(2) do.
/// </summary>
internal sealed unsafe class BpfIterator : IDisposable
{
    private const int LogSize = 1024 * 1024;

    private readonly DescriptorHandle _link;

    private BpfIterator(Descriptor link) => _link = new DescriptorHandle(link);

    /// <summary>Loads a program and attaches it.</summary>
    /// <param name="name">The name in bpftool(8): at most 15 letters.</param>
    /// <param name="target">The type id of the iterator.</param>
    /// <param name="instructions">The program.</param>
    /// <exception cref="BpfException">The kernel refused it: with the last line of the verifier where that has looked at it.</exception>
    /// <exception cref="LinuxException">There are no descriptors left.</exception>
    internal static BpfIterator Load(string name, uint target, ReadOnlySpan<LibC.bpf_insn> instructions)
    {
        using Descriptor program = LoadProgram(name, target, instructions, default, 0);
        if (!program.IsOpen)
        {
            throw Refused(name, target, instructions, Errno.Last);
        }

        LibC.bpf_attr attributes = default;
        attributes.link_create_prog_fd = (uint)program.Number;
        attributes.link_create_attach_type = LibC.BPF_TRACE_ITER;
        Descriptor link = Call(LibC.BPF_LINK_CREATE, &attributes);
        return link.IsOpen ? new BpfIterator(link) : throw new BpfException($"bpf(BPF_LINK_CREATE) was refused ({ErrnoName.Of(Errno.Last)})", Errno.Last);
    }

    /// <summary>Begins one run over all objects: reading the descriptor gives what the program wrote.</summary>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    /// <exception cref="LinuxException">There are no descriptors left.</exception>
    internal Descriptor Open()
    {
        LibC.bpf_attr attributes = default;
        attributes.iter_create_link_fd = (uint)_link.Number;
        Descriptor iterator = Call(LibC.BPF_ITER_CREATE, &attributes);
        return iterator.IsOpen ? iterator : throw new BpfException($"bpf(BPF_ITER_CREATE) was refused ({ErrnoName.Of(Errno.Last)})", Errno.Last);
    }

    public void Dispose() => _link.Dispose();

    /// <summary>
    /// Asks the verifier for its opinion of a program without keeping it: the lines it looked at, which end with the reason where
    /// it refuses. For an accepted program it lists lines at <paramref name="level"/> 2 only.
    /// </summary>
    internal static string Verify(string name, uint target, ReadOnlySpan<LibC.bpf_insn> instructions, uint level)
    {
        byte[] log = new byte[LogSize];
        using Descriptor program = LoadProgram(name, target, instructions, log, level);
        return Encoding.UTF8.GetString(log.AsSpan(0, Math.Max(0, log.AsSpan().IndexOf((byte)0))));
    }

    private static BpfException Refused(string name, uint target, ReadOnlySpan<LibC.bpf_insn> instructions, int errno)
    {
        // Without the right to load programs there is nothing that the verifier could say.
        string? last = errno is LibC.EPERM or LibC.ENOSYS ? null
            : Array.FindLast(Verify(name, target, instructions, 1).Split('\n'), line => line.Length > 0 && !line.StartsWith("processed ", StringComparison.Ordinal));
        return new BpfException($"bpf(BPF_PROG_LOAD) was refused ({ErrnoName.Of(errno)}{(last is null ? string.Empty : ": " + SafeText.Escape(last))})", errno);
    }

    private static Descriptor LoadProgram(string name, uint target, ReadOnlySpan<LibC.bpf_insn> instructions, Span<byte> log, uint level)
    {
        LibC.bpf_attr attributes = default;
        Encoding.ASCII.GetBytes(name, new Span<byte>(attributes.prog_name, 15));
        fixed (LibC.bpf_insn* program = instructions)
        fixed (byte* license = "Dual MIT/GPL\0"u8)
        fixed (byte* text = log)
        {
            attributes.prog_type = LibC.BPF_PROG_TYPE_TRACING;
            attributes.expected_attach_type = LibC.BPF_TRACE_ITER;
            attributes.attach_btf_id = target;
            attributes.insns = (ulong)program;
            attributes.insn_cnt = (uint)instructions.Length;
            attributes.license = (ulong)license;
            attributes.log_buf = (ulong)text;
            attributes.log_size = (uint)log.Length;
            attributes.log_level = level;
            return Call(LibC.BPF_PROG_LOAD, &attributes);
        }
    }

    private static Descriptor Call(int command, LibC.bpf_attr* attributes)
    {
        if (SystemCallNumber.bpf == 0)
        {
            Marshal.SetLastPInvokeError(LibC.ENOSYS);
            return Descriptor.None;
        }

        nint result;
        do
        {
            result = LibC.syscall(SystemCallNumber.bpf, command, (nint)attributes, sizeof(LibC.bpf_attr));
        }
        while (result < 0 && Errno.Last is LibC.EINTR or LibC.EAGAIN);

        return Descriptor.FromResult(result, "bpf");
    }
}
