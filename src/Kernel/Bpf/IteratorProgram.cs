using LinuxNamespaces.Interop;
using static LinuxNamespaces.Kernel.Bpf.BpfRegister;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>
/// Writes a program of an iterator for one kernel, and for a caller at one depth of pid namespaces. Programs follow pointers by
/// plain loads where the verifier knows their types (a pointer that has become invalid reads as 0), and by
/// bpf_probe_read_kernel where it does not. A program may be run again for the same task when the kernel's buffer was full,
/// so it keeps nothing from one run to the next.
/// </summary>
internal abstract class IteratorProgram
{
    // struct upid { int nr; struct pid_namespace *ns; }
    protected const int UpidSize = 16;
    protected const int UpidNamespace = 8;

    // These registers keep their meaning from the beginning to the end of a program.
    protected const BpfRegister Context = R6;
    protected const BpfRegister Task = R7;

    /// <summary>Prepares a program.</summary>
    /// <param name="layout">The kernel's offsets.</param>
    /// <param name="level">How many pid namespaces are above the caller's.</param>
    /// <param name="rowSize">How many bytes the program writes at a time; they are put together on its stack.</param>
    protected IteratorProgram(TaskLayout layout, int level, int rowSize)
    {
        Layout = layout;
        Level = level;
        RowSize = rowSize;
        Row = -rowSize;
        Scratch = Row - UpidSize;
    }

    protected TaskLayout Layout { get; }

    protected int Level { get; }

    protected int RowSize { get; }

    /// <summary>Where the row begins, from the end of the stack.</summary>
    protected int Row { get; }

    /// <summary>Where there is space for what is read on the way: the size of a upid, and as much before it.</summary>
    protected int Scratch { get; }

    protected BpfAssembler Code { get; } = new();

    /// <summary>The end of the program, before which nothing more is written.</summary>
    protected BpfLabel EndLabel { get; } = new();

    protected void Begin(int task)
    {
        Code.Move(Context, R1);
        Code.LoadLong(Task, Context, task);

        // The last run has no task.
        Code.JumpIfEqual(Task, 0, EndLabel);
    }

    // The number of a task and of the caller are both those of the initial pid namespace.
    protected void SkipOtherThreads()
    {
        Code.Call(LibC.BPF_FUNC_get_current_pid_tgid);
        Code.StoreLong(R10, Scratch, R0);
        Code.LoadWord(R1, R10, Scratch);
        Code.LoadWord(R2, Task, Layout.ThreadId);
        Code.JumpIfNotEqual(R1, R2, EndLabel);
    }

    protected void End()
    {
        Code.Mark(EndLabel);
        Code.MoveValue(R0, 0);
        Code.Exit();
    }

    protected void WriteRow(int meta)
    {
        Code.LoadLong(R1, Context, meta);
        Code.LoadLong(R1, R1, Layout.Sequence);
        Code.Move(R2, R10);
        Code.AddValue(R2, Row);
        Code.MoveValue(R3, RowSize);
        Code.Call(LibC.BPF_FUNC_seq_write);
    }

    // The number of a task, and the namespace it belongs to, into the scratch space.
    protected void ReadNumber(BpfRegister task, int pid)
    {
        Code.Move(R3, task);
        ReadPointer(pid);
        Code.LoadLong(R3, R10, Scratch);
        Read(UpidSize, Layout.Numbers + (Level * UpidSize));
    }

    // The same of its process.
    protected void ReadLeaderNumber(BpfRegister task)
    {
        Code.LoadLong(R1, task, Layout.Leader);
        ReadNumber(R1, Layout.Pid);
    }

    // scratch = *(void **)(R3 + offset)
    protected void ReadPointer(int offset) => Read(sizeof(ulong), offset);

    protected void Read(int size, int offset)
    {
        Code.AddValue(R3, offset);
        Code.MoveValue(R2, size);
        Code.Move(R1, R10);
        Code.AddValue(R1, Scratch);
        Code.Call(LibC.BPF_FUNC_probe_read_kernel);
    }

    /// <summary>Begins a loop over the numbers from 0 to R3, which is not reached.</summary>
    /// <param name="loops">The kernel's functions.</param>
    /// <param name="state">Where the loop has its state, from the end of the stack.</param>
    protected void BeginLoop(FileTableLayout loops, int state)
    {
        Code.MoveValue(R2, 0);
        CallLoop(loops.BeginLoop, state);
    }

    /// <summary>Calls a function of a loop: R0 is 0 where there is no further number.</summary>
    protected void CallLoop(uint function, int state)
    {
        Code.Move(R1, R10);
        Code.AddValue(R1, state);
        Code.CallKernel(function);
    }

    protected void CopyWord(BpfRegister source, int offset, int field)
    {
        Code.LoadWord(R0, source, offset);
        Code.StoreWord(R10, Row + field, R0);
    }
}
