using LinuxNamespaces.Interop;
using static LinuxNamespaces.Kernel.Bpf.BpfRegister;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>
/// The program that walks the table of descriptors of each task itself: several times faster than the kernel's iterator of files, which takes and
/// gives back a reference for each. It requires loops over numbers and casts of pointers (Linux 6.4). All that a task's table gives has
/// to fit into the kernel's buffer: some 1,300 rows, or reading fails with E2BIG.
/// </summary>
internal sealed class FileTableProgram : FileRowProgram
{
    private const int BitsOfWord = 64;
    private const int WordShift = 6;
    private const int PointerShift = 3;

    private readonly FileTableLayout _table;
    private readonly BpfLabel _nextWord = new();
    private readonly BpfLabel _lastWord = new();

    // On the stack below the scratch space: two pointers, and the state of two loops.
    private readonly int _files;
    private readonly int _open;
    private readonly int _words;
    private readonly int _bits;

    private FileTableProgram(TaskLayout layout, FileTableLayout table, int level)
        : base(layout, level)
    {
        _table = table;
        _files = Scratch - UpidSize - sizeof(ulong);
        _open = _files - sizeof(ulong);
        _words = _open - sizeof(ulong);
        _bits = _words - sizeof(ulong);
    }

    /// <summary>Writes it.</summary>
    internal static LibC.bpf_insn[] Create(TaskLayout layout, FileTableLayout table, int level)
    {
        FileTableProgram program = new(layout, table, level);
        program.Write();
        return program.Code.ToArray();
    }

    private void Write()
    {
        Begin(Layout.Task);
        SkipOtherTables();
        Code.LoadLong(R8, Task, Layout.Files);
        Code.JumpIfEqual(R8, 0, EndLabel);
        Code.LoadLong(R8, R8, _table.Table);
        Code.JumpIfEqual(R8, 0, EndLabel);
        KeepPointer(_table.Files, _files);
        KeepPointer(_table.Open, _open);
        Code.LoadWord(R3, R8, _table.Count);
        Code.ShiftRight(R3, WordShift);
        BeginLoop(_table, _words);
        Code.Mark(_nextWord);
        WriteWord();
        Code.Jump(_nextWord);
        Code.Mark(_lastWord);
        CallLoop(_table.EndLoop, _words);
        End();
    }

    // Read as memory and so a number to the verifier. With a pointer it would follow the index, and so every turn of the loops.
    private void KeepPointer(int offset, int place)
    {
        Code.Move(R3, R8);
        ReadPointer(offset);
        Code.LoadLong(R0, R10, Scratch);
        Code.StoreLong(R10, place, R0);
    }

    // The bits of a word tell which 64 descriptors are open: R8 has those that are left, R9 the number of the first of them.
    private void WriteWord()
    {
        BpfLabel nextBit = new();
        BpfLabel isClosed = new();
        BpfLabel lastBit = new();
        CallLoop(_table.NextOfLoop, _words);
        Code.JumpIfEqual(R0, 0, _lastWord);
        Code.LoadWord(R9, R0, 0);
        ReadElement(_open, R9);
        Code.LoadLong(R8, R10, Scratch);
        Code.ShiftLeft(R9, WordShift);
        Code.JumpIfEqual(R8, 0, _nextWord);

        Code.MoveValue(R3, BitsOfWord);
        BeginLoop(_table, _bits);
        Code.Mark(nextBit);
        CallLoop(_table.NextOfLoop, _bits);
        Code.JumpIfEqual(R0, 0, lastBit);
        Code.JumpIfEqual(R8, 0, lastBit);
        Code.Move(R1, R8);
        Code.AndValue(R1, 1);
        Code.JumpIfEqual(R1, 0, isClosed);
        ReadElement(_files, R9);
        Code.LoadLong(R1, R10, Scratch);
        Code.MoveValue(R2, (int)_table.FileType);
        Code.CallKernel(_table.Cast);
        ReadFile(R0, R2, isClosed);
        Code.StoreWord(R10, Row + FileRow.NumberAt, R9);
        WriteFile(Layout.Meta);
        Code.Mark(isClosed);
        Code.ShiftRight(R8, 1);
        Code.AddValue(R9, 1);
        Code.Jump(nextBit);
        Code.Mark(lastBit);
        CallLoop(_table.EndLoop, _bits);
    }

    // scratch = array[index], of 8 bytes each
    private void ReadElement(int array, BpfRegister index)
    {
        Code.Move(R1, index);
        Code.ShiftLeft(R1, PointerShift);
        Code.LoadLong(R3, R10, array);
        Code.Add(R3, R1);
        ReadPointer(0);
    }
}
