using LinuxNamespaces.Interop;
using static LinuxNamespaces.Kernel.Bpf.BpfRegister;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>
/// The program that finds the mount namespaces in which a namespace is bound: it walks all mounts of the file system of namespaces, once, when it
/// comes to the calling thread. A row is the inode of a mount namespace, and the same may be given again. The last row is 0, and is missing where the
/// walk was not whole: a kernel that takes a mount out of a ring meanwhile cuts the way. It requires loops over numbers (Linux 6.4).
/// </summary>
internal sealed class MountProgram : IteratorProgram
{
    internal const int Size = sizeof(ulong);

    private const int MaxMounts = 1 << 16;

    private readonly MountLayout _mounts;
    private readonly FileTableLayout _loops;

    // On the stack below the scratch space: where the list ends, and the state of the loop.
    private readonly int _end;
    private readonly int _loop;

    private MountProgram(TaskLayout layout, MountLayout mounts, FileTableLayout loops)
        : base(layout, 0, Size)
    {
        _mounts = mounts;
        _loops = loops;
        _end = Scratch - UpidSize - sizeof(ulong);
        _loop = _end - sizeof(ulong);
    }

    /// <summary>Writes it.</summary>
    internal static LibC.bpf_insn[] Create(TaskLayout layout, MountLayout mounts, FileTableLayout loops)
    {
        MountProgram program = new(layout, mounts, loops);
        program.Write();
        return program.Code.ToArray();
    }

    private void Write()
    {
        Begin(Layout.Task);
        SkipOtherThreads();
        ReadFirst();
        WalkMounts();
        End();
    }

    // R8 becomes the first of the list. The caller holds its own mount namespace open, so that there is a dentry.
    private void ReadFirst()
    {
        Code.LoadLong(R3, Task, Layout.Namespaces);
        Code.JumpIfEqual(R3, 0, EndLabel);
        Code.LoadLong(R3, R3, Layout[NamespaceType.Mnt].Pointer);
        Follow(_mounts.Stashed);
        Code.JumpIfEqual(R3, 0, EndLabel);
        Follow(_mounts.SuperBlock);
        Code.JumpIfEqual(R3, 0, EndLabel);
        Code.StoreLongValue(R10, _end, 0);
        if (_mounts.IsRing)
        {
            Code.Move(R1, R3);
            Code.AddValue(R1, _mounts.Mounts);
            Code.StoreLong(R10, _end, R1);
        }

        Follow(_mounts.Mounts);
        Code.Move(R8, R3);
    }

    private void WalkMounts()
    {
        BpfLabel next = new();
        BpfLabel isOfNone = new();
        BpfLabel isWhole = new();
        BpfLabel isOver = new();
        Code.MoveValue(R3, MaxMounts);
        BeginLoop(_loops, _loop);
        Code.Mark(next);
        CallLoop(_loops.NextOfLoop, _loop);
        Code.JumpIfEqual(R0, 0, isOver);
        Code.LoadLong(R1, R10, _end);
        Code.JumpIfEqual(R8, R1, isWhole);
        Code.JumpIfEqual(R8, 0, isOver);

        // A mount of the kernel itself has an error instead of a namespace, which reads as 0.
        Code.Move(R3, R8);
        ReadPointer(_mounts.Namespace - LinkOffset);
        Code.LoadLong(R3, R10, Scratch);
        Read(sizeof(uint), Layout[NamespaceType.Mnt].Inode);
        Code.LoadWord(R0, R10, Scratch);
        Code.JumpIfEqual(R0, 0, isOfNone);
        Code.StoreLong(R10, Row, R0);
        WriteRow(Layout.Meta);
        Code.Mark(isOfNone);
        Code.Move(R3, R8);
        ReadPointer(_mounts.Next - LinkOffset);
        Code.LoadLong(R8, R10, Scratch);
        Code.Jump(next);

        Code.Mark(isWhole);
        Code.StoreLongValue(R10, Row, 0);
        WriteRow(Layout.Meta);
        Code.Mark(isOver);
        CallLoop(_loops.EndLoop, _loop);
    }

    // The elements of a ring point into the middle of a mount.
    private int LinkOffset => _mounts.IsRing ? _mounts.Next : 0;

    // R3 = *(void **)(R3 + offset), as a number
    private void Follow(int offset)
    {
        ReadPointer(offset);
        Code.LoadLong(R3, R10, Scratch);
    }
}
