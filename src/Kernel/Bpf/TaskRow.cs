using System.Runtime.InteropServices;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>The record that the task iterator writes for each process, and for each thread that is in other namespaces than its process.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct TaskRow
{
    internal const int Size = 216;

    /// <summary>Without the 64-bit ids, which come last.</summary>
    internal const int SizeWithoutIds = IdsAt;

    internal const int ProcessIdAt = 0;
    internal const int ThreadIdAt = 4;
    internal const int ParentIdAt = 8;
    internal const int UserIdAt = 12;
    internal const int IsChangedAt = 16;
    internal const int PidParentAt = 20;
    internal const int NameAt = 24;
    internal const int NameLength = 16;
    internal const int InodesAt = 40;
    internal const int ChildPidAt = 72;
    internal const int ChildTimeAt = 76;
    internal const int OwnersAt = 80;
    internal const int OwnerUserIdsAt = 112;
    internal const int CgroupsAt = 144;
    internal const int IdsAt = 152;

    /// <summary>The PID of the process, as the caller's pid namespace counts.</summary>
    [FieldOffset(ProcessIdAt)]
    internal int ProcessId;

    /// <summary>The id of the thread; of the main thread the same.</summary>
    [FieldOffset(ThreadIdAt)]
    internal int ThreadId;

    /// <summary>The PID of the parent; 0 where that is out of sight.</summary>
    [FieldOffset(ParentIdAt)]
    internal int ParentId;

    /// <summary>The effective uid.</summary>
    [FieldOffset(UserIdAt)]
    internal uint UserId;

    /// <summary>Not 0 where the task changed its namespaces while they were read: what stands here may be of either.</summary>
    [FieldOffset(IsChangedAt)]
    internal uint IsChanged;

    /// <summary>The inode of the pid namespace's parent; 0 where that is out of sight.</summary>
    [FieldOffset(PidParentAt)]
    internal uint PidParent;

    /// <summary>The name the kernel knows it by, ended by NUL.</summary>
    [FieldOffset(NameAt)]
    internal fixed byte Name[NameLength];

    /// <summary>By type; 0 where the task has none (a zombie has its pid and user namespace alone).</summary>
    [FieldOffset(InodesAt)]
    internal fixed uint Inodes[NamespaceTypes.Count];

    /// <summary>The pid namespace of the next child.</summary>
    [FieldOffset(ChildPidAt)]
    internal uint ChildPid;

    /// <summary>The time namespace of the next child.</summary>
    [FieldOffset(ChildTimeAt)]
    internal uint ChildTime;

    /// <summary>The inodes of the owning user namespaces (of a user namespace: of its parent); 0 where there is none.</summary>
    [FieldOffset(OwnersAt)]
    internal fixed uint Owners[NamespaceTypes.Count];

    /// <summary>The uids that made the owning user namespaces (of a user namespace: that made it).</summary>
    [FieldOffset(OwnerUserIdsAt)]
    internal fixed uint OwnerUserIds[NamespaceTypes.Count];

    /// <summary>The number of its set of control groups: processes with the same number are in the same groups, in all hierarchies.</summary>
    [FieldOffset(CgroupsAt)]
    internal ulong Cgroups;

    /// <summary>The 64-bit ids; 0 where the kernel has none.</summary>
    [FieldOffset(IdsAt)]
    internal fixed ulong Ids[NamespaceTypes.Count];
}
