using LinuxNamespaces.Interop;
using static LinuxNamespaces.Kernel.Bpf.BpfRegister;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>The program for every descriptor: a <see cref="FileRow"/> of each namespace and each socket.</summary>
internal sealed class FileProgram : IteratorProgram
{
    private FileProgram(TaskLayout layout, int level)
        : base(layout, level, FileRow.Size)
    {
    }

    /// <summary>Writes it.</summary>
    internal static LibC.bpf_insn[] Create(TaskLayout layout, int level)
    {
        FileProgram program = new(layout, level);
        program.WriteFile();
        return program.Code.ToArray();
    }

    private void WriteFile()
    {
        BpfLabel isSocket = new();
        BpfLabel write = new();
        Begin(Layout.FileTask);
        Code.LoadLong(R8, Context, Layout.File);
        Code.JumpIfEqual(R8, 0, EndLabel);

        // Those of the process, not of a thread that has a table of its own. Where the main thread has ended it has none.
        BpfLabel wanted = new();
        Code.StoreWordValue(R10, Row + FileRow.UnusedAt, 0);
        Code.LoadWord(R1, Task, Layout.ThreadId);
        Code.LoadWord(R2, Task, Layout.ProcessId);
        Code.JumpIfEqual(R1, R2, wanted);
        Code.LoadLong(R3, Task, Layout.Leader);
        Code.LoadLong(R3, R3, Layout.Files);
        Code.JumpIfNotEqual(R3, 0, EndLabel);
        Code.Mark(wanted);
        Code.LoadLong(R9, R8, Layout.FileInode);
        Code.LoadLong(R1, R9, Layout.SuperBlock);
        Code.LoadLong(R1, R1, Layout.Magic);
        Code.JumpIfEqual(R1, (int)LibC.SOCKFS_MAGIC, isSocket);
        Code.JumpIfNotEqual(R1, (int)LibC.NSFS_MAGIC, EndLabel);
        Code.StoreWordValue(R10, Row + FileRow.IsSocketAt, 0);
        Code.LoadLong(R0, R9, Layout.InodeNumber);
        Code.StoreWord(R10, Row + FileRow.InodeAt, R0);
        Code.Jump(write);

        // The data of a file has no type, so that these are read as memory.
        Code.Mark(isSocket);
        Code.StoreWordValue(R10, Row + FileRow.IsSocketAt, 1);
        Code.LoadLong(R3, R8, Layout.FileData);
        ReadPointer(Layout.Socket);
        Code.LoadLong(R3, R10, Scratch);
        Code.JumpIfEqual(R3, 0, EndLabel);
        ReadPointer(Layout.SocketNetwork);
        Code.LoadLong(R3, R10, Scratch);
        Code.JumpIfEqual(R3, 0, EndLabel);
        Read(sizeof(uint), Layout[NamespaceType.Net].Inode);
        CopyWord(R10, Scratch, FileRow.InodeAt);

        Code.Mark(write);
        if (Level == 0)
        {
            CopyWord(Task, Layout.ProcessId, FileRow.ProcessIdAt);
            CopyWord(Task, Layout.ThreadId, FileRow.ThreadIdAt);
        }
        else
        {
            ReadNumber(Task, Layout.Pid);
            CopyWord(R10, Scratch, FileRow.ThreadIdAt);
            ReadLeaderNumber(Task);
            CopyWord(R10, Scratch, FileRow.ProcessIdAt);
        }

        CopyWord(Context, Layout.FileNumber, FileRow.NumberAt);
        WriteRow(Layout.FileMeta);
        End();
    }
}
