using LinuxNamespaces.Interop;
using static LinuxNamespaces.Kernel.Bpf.BpfRegister;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>The program that counts the pid namespaces above the caller's: a word, written for the caller alone.</summary>
internal sealed class LevelProgram : IteratorProgram
{
    internal const int Size = UpidSize;

    private const BpfRegister Pid = R9;

    private LevelProgram(TaskLayout layout)
        : base(layout, 0, Size)
    {
    }

    /// <summary>Writes it.</summary>
    internal static LibC.bpf_insn[] Create(TaskLayout layout)
    {
        LevelProgram program = new(layout);
        program.WriteLevel();
        return program.Code.ToArray();
    }

    private void WriteLevel()
    {
        Begin(Layout.Task);
        SkipOtherThreads();
        Code.LoadLong(Pid, Task, Layout.Pid);
        Code.JumpIfEqual(Pid, 0, EndLabel);
        Code.StoreLongValue(R10, Row, 0);
        Code.StoreLongValue(R10, Row + sizeof(ulong), 0);
        Code.LoadWord(R0, Pid, Layout.Level);
        Code.StoreWord(R10, Row, R0);
        WriteRow(Layout.Meta);
        End();
    }
}
