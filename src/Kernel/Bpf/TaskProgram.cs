using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using static LinuxNamespaces.Kernel.Bpf.BpfRegister;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>The program for every task: a <see cref="TaskRow"/> of each process, and of threads that are elsewhere.</summary>
internal sealed class TaskProgram : IteratorProgram
{
    // The kernel nests pid namespaces no deeper.
    private const int MaxLevel = 32;

    private const BpfRegister Namespaces = R8;

    // The one is done with before the other is read.
    private const BpfRegister Credentials = R9;
    private const BpfRegister Pid = R9;

    private readonly int _types;

    private TaskProgram(TaskLayout layout, int level, int types)
        : base(layout, level, layout.HasIds ? TaskRow.Size : TaskRow.SizeWithoutIds) => _types = types;

    /// <summary>Writes it.</summary>
    /// <param name="layout">The kernel's offsets.</param>
    /// <param name="level">How many pid namespaces are above the caller's.</param>
    /// <param name="types">The types that the kernel shows, as bits of 1 &lt;&lt; (int)type.</param>
    internal static LibC.bpf_insn[] Create(TaskLayout layout, int level, int types)
    {
        TaskProgram program = new(layout, level, types);
        program.WriteTask();
        return program.Code.ToArray();
    }

    private void WriteTask()
    {
        BpfLabel write = new();
        Begin(Layout.Task);
        Code.LoadLong(Namespaces, Task, Layout.Namespaces);
        Code.LoadLong(Credentials, Task, Layout.Credentials);
        Code.JumpIfEqual(Credentials, 0, EndLabel);
        SkipThreadsOfTheirProcess();
        WriteUser();
        Code.LoadLong(Pid, Task, Layout.Pid);
        Code.JumpIfEqual(Pid, 0, EndLabel);
        WriteNumbers();
        WriteName();
        WriteCgroups();
        WriteNamespaces();
        WritePidNamespace();

        // A task that enters another namespace, or ends, lets go of the structure that was read.
        Code.StoreWordValue(R10, Row + TaskRow.IsChangedAt, 0);
        Code.LoadLong(R1, Task, Layout.Namespaces);
        Code.JumpIfEqual(R1, Namespaces, write);
        Code.StoreWordValue(R10, Row + TaskRow.IsChangedAt, 1);
        Code.Mark(write);
        WriteRow(Layout.Meta);
        End();
    }

    // A thread in the namespaces of its process adds nothing.
    private void SkipThreadsOfTheirProcess()
    {
        BpfLabel wanted = new();
        Code.LoadWord(R1, Task, Layout.ThreadId);
        Code.LoadWord(R2, Task, Layout.ProcessId);
        Code.JumpIfEqual(R1, R2, wanted);
        Code.LoadLong(R3, Task, Layout.Leader);
        Code.LoadLong(R4, R3, Layout.Namespaces);
        Code.JumpIfNotEqual(R4, Namespaces, wanted);
        Code.LoadLong(R4, R3, Layout.Credentials);
        Code.JumpIfEqual(R4, 0, wanted);
        Code.LoadLong(R4, R4, Layout.UserNamespace);
        Code.LoadLong(R5, Credentials, Layout.UserNamespace);
        Code.JumpIfEqual(R4, R5, EndLabel);
        Code.Mark(wanted);
    }

    private void WriteNumbers()
    {
        BpfLabel done = new();
        if (Level == 0)
        {
            CopyWord(Task, Layout.ProcessId, TaskRow.ProcessIdAt);
            CopyWord(Task, Layout.ThreadId, TaskRow.ThreadIdAt);
            Code.StoreWordValue(R10, Row + TaskRow.ParentIdAt, 0);
            Code.LoadLong(R1, Task, Layout.Parent);
            Code.JumpIfEqual(R1, 0, done);
            CopyWord(R1, Layout.ProcessId, TaskRow.ParentIdAt);
            Code.Mark(done);
            return;
        }

        // The iterator gives only tasks that the caller's pid namespace has a number for.
        ReadNumber(Task, Layout.Pid);
        CopyWord(R10, Scratch, TaskRow.ThreadIdAt);
        ReadLeaderNumber(Task);
        CopyWord(R10, Scratch, TaskRow.ProcessIdAt);
        Code.StoreWordValue(R10, Row + TaskRow.ParentIdAt, 0);

        // A parent outside of it has a smaller depth, or at the same depth another namespace.
        Code.LoadLong(R1, Task, Layout.Parent);
        Code.JumpIfEqual(R1, 0, done);
        Code.LoadLong(R1, R1, Layout.Leader);
        Code.JumpIfEqual(R1, 0, done);
        Code.LoadLong(R2, R1, Layout.Pid);
        Code.JumpIfEqual(R2, 0, done);
        Code.LoadWord(R2, R2, Layout.Level);
        BpfLabel deep = new();
        Code.JumpIfGreater(R2, Level - 1, deep);
        Code.Jump(done);
        Code.Mark(deep);
        Code.LoadLong(R0, R10, Scratch + UpidNamespace);
        Code.StoreLong(R10, Scratch - UpidSize, R0);
        ReadNumber(R1, Layout.Pid);
        Code.LoadLong(R1, R10, Scratch - UpidSize);
        Code.LoadLong(R2, R10, Scratch + UpidNamespace);
        Code.JumpIfNotEqual(R1, R2, done);
        CopyWord(R10, Scratch, TaskRow.ParentIdAt);
        Code.Mark(done);
    }

    private void WriteName()
    {
        for (int i = 0; i < TaskRow.NameLength; i += sizeof(ulong))
        {
            Code.LoadLong(R0, Task, Layout.Name + i);
            Code.StoreLong(R10, Row + TaskRow.NameAt + i, R0);
        }
    }

    private void WriteCgroups()
    {
        if (Layout.Cgroups < 0)
        {
            Code.StoreLongValue(R10, Row + TaskRow.CgroupsAt, 0);
            return;
        }

        Code.LoadLong(R0, Task, Layout.Cgroups);
        Code.StoreLong(R10, Row + TaskRow.CgroupsAt, R0);
    }

    private void WriteUser()
    {
        BpfLabel done = new();
        CopyWord(Credentials, Layout.UserId, TaskRow.UserIdAt);
        Code.LoadLong(R1, Credentials, Layout.UserNamespace);
        CopyInodeAndId(R1, NamespaceType.User);
        CopyWord(R1, Layout.OwnerUserId, Field(TaskRow.OwnerUserIdsAt, NamespaceType.User));

        // The initial user namespace has no parent.
        Code.StoreWordValue(R10, Row + Field(TaskRow.OwnersAt, NamespaceType.User), 0);
        Code.LoadLong(R2, R1, Layout[NamespaceType.User].Owner);
        Code.JumpIfEqual(R2, 0, done);
        CopyWord(R2, Layout[NamespaceType.User].Inode, Field(TaskRow.OwnersAt, NamespaceType.User));
        Code.Mark(done);
    }

    private void WriteNamespaces()
    {
        BpfLabel none = new();
        BpfLabel done = new();
        Code.JumpIfEqual(Namespaces, 0, none);
        foreach (NamespaceType type in NamespaceTypeSet.All)
        {
            if (type is NamespaceType.User or NamespaceType.Pid)
            {
                continue;
            }

            if (!Shows(type))
            {
                Clear(type);
                continue;
            }

            Code.LoadLong(R1, Namespaces, Layout[type].Pointer);
            CopyNamespace(R1, type);
        }

        Code.LoadLong(R1, Namespaces, Layout[NamespaceType.Pid].Pointer);
        CopyWord(R1, Layout[NamespaceType.Pid].Inode, TaskRow.ChildPidAt);
        if (Shows(NamespaceType.Time))
        {
            Code.LoadLong(R1, Namespaces, Layout.ChildTime);
            CopyWord(R1, Layout[NamespaceType.Time].Inode, TaskRow.ChildTimeAt);
        }
        else
        {
            Code.StoreWordValue(R10, Row + TaskRow.ChildTimeAt, 0);
        }

        Code.Jump(done);
        Code.Mark(none);
        foreach (NamespaceType type in NamespaceTypeSet.All)
        {
            if (type is not (NamespaceType.User or NamespaceType.Pid))
            {
                Clear(type);
            }
        }

        Code.StoreWordValue(R10, Row + TaskRow.ChildPidAt, 0);
        Code.StoreWordValue(R10, Row + TaskRow.ChildTimeAt, 0);
        Code.Mark(done);
    }

    // A task's own pid namespace hangs on its number: at the depth of the number. Where the namespace of its children has the
    // same depth, it is the same.
    private void WritePidNamespace()
    {
        NamespaceLayout layout = Layout[NamespaceType.Pid];
        BpfLabel other = new();
        BpfLabel done = new();
        Code.StoreWordValue(R10, Row + TaskRow.PidParentAt, 0);
        Code.LoadWord(R3, Pid, Layout.Level);
        Code.JumpIfEqual(Namespaces, 0, other);
        Code.LoadLong(R1, Namespaces, layout.Pointer);
        Code.LoadWord(R2, R1, Layout.NamespaceLevel);
        Code.JumpIfNotEqual(R2, R3, other);
        CopyNamespace(R1, NamespaceType.Pid);

        // The parent of the caller's own namespace is out of sight.
        BpfLabel below = new();
        Code.JumpIfGreater(R3, Level, below);
        Code.Jump(done);
        Code.Mark(below);
        Code.LoadLong(R2, R1, Layout.NamespaceParent);
        CopyWord(R2, layout.Inode, TaskRow.PidParentAt);
        Code.Jump(done);

        Code.Mark(other);
        Clear(NamespaceType.Pid);
        Code.JumpIfGreater(R3, MaxLevel, EndLabel);
        Code.ShiftLeft(R3, 4);
        Code.StoreLong(R10, Scratch - sizeof(ulong), R3);
        Code.Move(R3, Task);
        ReadPointer(Layout.Pid);
        Code.LoadLong(R3, R10, Scratch);
        Code.LoadLong(R1, R10, Scratch - sizeof(ulong));
        Code.Add(R3, R1);
        Read(sizeof(ulong), Layout.Numbers + UpidNamespace);
        Code.LoadLong(R3, R10, Scratch);
        Read(sizeof(uint), layout.Inode);
        CopyWord(R10, Scratch, Field(TaskRow.InodesAt, NamespaceType.Pid));
        Code.Mark(done);
    }

    private void CopyNamespace(BpfRegister ns, NamespaceType type)
    {
        CopyInodeAndId(ns, type);
        Code.LoadLong(R2, ns, Layout[type].Owner);
        CopyWord(R2, Layout[NamespaceType.User].Inode, Field(TaskRow.OwnersAt, type));
        CopyWord(R2, Layout.OwnerUserId, Field(TaskRow.OwnerUserIdsAt, type));
    }

    private void CopyInodeAndId(BpfRegister ns, NamespaceType type)
    {
        CopyWord(ns, Layout[type].Inode, Field(TaskRow.InodesAt, type));
        if (Layout.HasIds)
        {
            Code.LoadLong(R0, ns, Layout[type].Id);
            Code.StoreLong(R10, Row + TaskRow.IdsAt + ((int)type * sizeof(ulong)), R0);
        }
    }

    private void Clear(NamespaceType type)
    {
        Code.StoreWordValue(R10, Row + Field(TaskRow.InodesAt, type), 0);
        Code.StoreWordValue(R10, Row + Field(TaskRow.OwnersAt, type), 0);
        Code.StoreWordValue(R10, Row + Field(TaskRow.OwnerUserIdsAt, type), 0);
        if (Layout.HasIds)
        {
            Code.StoreLongValue(R10, Row + TaskRow.IdsAt + ((int)type * sizeof(ulong)), 0);
        }
    }

    private bool Shows(NamespaceType type) => (_types & (1 << (int)type)) != 0;

    private static int Field(int array, NamespaceType type) => array + ((int)type * sizeof(uint));
}
