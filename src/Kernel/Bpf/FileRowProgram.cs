using LinuxNamespaces.Interop;
using static LinuxNamespaces.Kernel.Bpf.BpfRegister;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>A program that writes a <see cref="FileRow"/> of each descriptor that is a namespace or a socket.</summary>
internal abstract class FileRowProgram : IteratorProgram
{
    protected FileRowProgram(TaskLayout layout, int level)
        : base(layout, level, FileRow.Size)
    {
    }

    // Descriptors are those of the process, not of a thread that has a table of its own. Where the main thread has ended it has none.
    protected void SkipOtherTables()
    {
        BpfLabel wanted = new();
        Code.StoreWordValue(R10, Row + FileRow.UnusedAt, 0);
        Code.LoadWord(R1, Task, Layout.ThreadId);
        Code.LoadWord(R2, Task, Layout.ProcessId);
        Code.JumpIfEqual(R1, R2, wanted);
        Code.LoadLong(R3, Task, Layout.Leader);
        Code.LoadLong(R3, R3, Layout.Files);
        Code.JumpIfNotEqual(R3, 0, EndLabel);
        Code.Mark(wanted);
    }

    /// <summary>Puts the kind and the inode into the row.</summary>
    /// <param name="file">The file. Its type is known.</param>
    /// <param name="inode">A register for its inode.</param>
    /// <param name="other">Where to go if it is neither a namespace nor a socket.</param>
    protected void ReadFile(BpfRegister file, BpfRegister inode, BpfLabel other)
    {
        BpfLabel isSocket = new();
        BpfLabel isRead = new();
        Code.LoadLong(inode, file, Layout.FileInode);
        Code.LoadLong(R1, inode, Layout.SuperBlock);
        Code.LoadLong(R1, R1, Layout.Magic);
        Code.JumpIfEqual(R1, (int)LibC.SOCKFS_MAGIC, isSocket);
        Code.JumpIfNotEqual(R1, (int)LibC.NSFS_MAGIC, other);
        Code.StoreWordValue(R10, Row + FileRow.IsSocketAt, 0);
        Code.LoadLong(R0, inode, Layout.InodeNumber);
        Code.StoreWord(R10, Row + FileRow.InodeAt, R0);
        Code.Jump(isRead);

        // The data of a file has no type, so that these are read as memory.
        Code.Mark(isSocket);
        Code.StoreWordValue(R10, Row + FileRow.IsSocketAt, 1);
        Code.LoadLong(R3, file, Layout.FileData);
        ReadPointer(Layout.Socket);
        Code.LoadLong(R3, R10, Scratch);
        Code.JumpIfEqual(R3, 0, other);
        ReadPointer(Layout.SocketNetwork);
        Code.LoadLong(R3, R10, Scratch);
        Code.JumpIfEqual(R3, 0, other);
        Read(sizeof(uint), Layout[NamespaceType.Net].Inode);
        CopyWord(R10, Scratch, FileRow.InodeAt);
        Code.Mark(isRead);
    }

    /// <summary>Completes the row, but for the descriptor's number, and writes it.</summary>
    protected void WriteFile(int meta)
    {
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

        WriteRow(meta);
    }
}
