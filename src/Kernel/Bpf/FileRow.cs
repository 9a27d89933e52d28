using System.Runtime.InteropServices;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>The record that the file iterator writes for each descriptor that is a namespace or a socket.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct FileRow
{
    internal const int Size = 24;
    internal const int ProcessIdAt = 0;
    internal const int ThreadIdAt = 4;
    internal const int NumberAt = 8;
    internal const int InodeAt = 12;
    internal const int IsSocketAt = 16;
    internal const int UnusedAt = 20;

    /// <summary>The PID of the process, as the caller's pid namespace counts.</summary>
    [FieldOffset(ProcessIdAt)]
    internal int ProcessId;

    /// <summary>The thread that owns the table of descriptors: the main thread, or, where that has ended, another.</summary>
    [FieldOffset(ThreadIdAt)]
    internal int ThreadId;

    /// <summary>The number of the descriptor.</summary>
    [FieldOffset(NumberAt)]
    internal int Number;

    /// <summary>The inode of the namespace, of a socket that of its net namespace.</summary>
    [FieldOffset(InodeAt)]
    internal uint Inode;

    /// <summary>Not 0 for a socket.</summary>
    [FieldOffset(IsSocketAt)]
    internal uint IsSocket;
}
