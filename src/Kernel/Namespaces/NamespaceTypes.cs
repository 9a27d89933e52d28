using System;
using System.Collections.Immutable;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>The names and constants of each <see cref="NamespaceType"/>: one table, in the enum's order.</summary>
internal static class NamespaceTypes
{
    internal const int Count = 8;

    /// <summary>Each type once, though some have two names.</summary>
    internal static readonly ImmutableArray<NamespaceType> All =
    [
        NamespaceType.Cgroup, NamespaceType.Ipc, NamespaceType.Mnt, NamespaceType.Net, NamespaceType.Pid, NamespaceType.Time, NamespaceType.User, NamespaceType.Uts,
    ];

    private static readonly Entry[] s_table =
    [
        new("cgroup", LibC.CLONE_NEWCGROUP, LibC.CGROUP_NS_INIT_INO, LibC.PIDFD_GET_CGROUP_NAMESPACE),
        new("ipc", LibC.CLONE_NEWIPC, LibC.IPC_NS_INIT_INO, LibC.PIDFD_GET_IPC_NAMESPACE),
        new("mnt", LibC.CLONE_NEWNS, LibC.MNT_NS_INIT_INO, LibC.PIDFD_GET_MNT_NAMESPACE),
        new("net", LibC.CLONE_NEWNET, LibC.NET_NS_INIT_INO, LibC.PIDFD_GET_NET_NAMESPACE),
        new("pid", LibC.CLONE_NEWPID, LibC.PID_NS_INIT_INO, LibC.PIDFD_GET_PID_NAMESPACE),
        new("time", LibC.CLONE_NEWTIME, LibC.TIME_NS_INIT_INO, LibC.PIDFD_GET_TIME_NAMESPACE),
        new("user", LibC.CLONE_NEWUSER, LibC.USER_NS_INIT_INO, LibC.PIDFD_GET_USER_NAMESPACE),
        new("uts", LibC.CLONE_NEWUTS, LibC.UTS_NS_INIT_INO, LibC.PIDFD_GET_UTS_NAMESPACE),
    ];

    /// <summary>The name in /proc/PID/ns, for example <c>net</c>.</summary>
    internal static string KernelName(this NamespaceType type) => s_table[(int)type].Name;

    /// <summary>The CLONE_NEW* flag.</summary>
    internal static int CloneFlag(this NamespaceType type) => s_table[(int)type].CloneFlag;

    /// <summary>
    /// The inode of the initial namespace. Fixed for mnt and net only since Linux 6.17, for the others since
    /// 3.8 or since the type exists.
    /// </summary>
    internal static ulong InitialInode(this NamespaceType type) => s_table[(int)type].InitialInode;

    /// <summary>The ioctl by which a pidfd opens a process's namespace of the type (Linux 6.11).</summary>
    internal static uint PidDescriptorRequest(this NamespaceType type) => s_table[(int)type].PidDescriptorRequest;

    internal static bool TryFromCloneFlag(int flag, out NamespaceType type)
    {
        for (int i = 0; i < Count; i++)
        {
            if (s_table[i].CloneFlag == flag)
            {
                type = (NamespaceType)i;
                return true;
            }
        }

        type = default;
        return false;
    }

    internal static bool TryFromKernelName(ReadOnlySpan<char> name, out NamespaceType type)
    {
        for (int i = 0; i < Count; i++)
        {
            if (name.SequenceEqual(s_table[i].Name))
            {
                type = (NamespaceType)i;
                return true;
            }
        }

        type = default;
        return false;
    }

    private readonly record struct Entry(string Name, int CloneFlag, ulong InitialInode, uint PidDescriptorRequest);
}
