using LinuxNamespaces.Interop;
using static LinuxNamespaces.Kernel.Bpf.BpfRegister;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>The program that the kernel's iterator of files runs for every descriptor.</summary>
internal sealed class FileProgram : FileRowProgram
{
    private FileProgram(TaskLayout layout, int level)
        : base(layout, level)
    {
    }

    /// <summary>Writes it.</summary>
    internal static LibC.bpf_insn[] Create(TaskLayout layout, int level)
    {
        FileProgram program = new(layout, level);
        program.Write();
        return program.Code.ToArray();
    }

    private void Write()
    {
        Begin(Layout.FileTask);
        Code.LoadLong(R8, Context, Layout.File);
        Code.JumpIfEqual(R8, 0, EndLabel);
        SkipOtherTables();
        ReadFile(R8, R9, EndLabel);
        CopyWord(Context, Layout.FileNumber, FileRow.NumberAt);
        WriteFile(Layout.FileMeta);
        End();
    }
}
