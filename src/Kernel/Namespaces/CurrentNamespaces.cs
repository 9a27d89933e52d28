using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>The namespaces of the calling thread, and which ones the system started with.</summary>
internal sealed class CurrentNamespaces
{
    private readonly ulong[] _current = new ulong[NamespaceTypes.Count];
    private readonly ulong[] _initial = new ulong[NamespaceTypes.Count];

    internal CurrentNamespaces(ProcFileSystem proc)
    {
        for (int i = 0; i < NamespaceTypes.Count; i++)
        {
            _initial[i] = ((NamespaceType)i).InitialInode();
        }

        // thread-self, because a thread may be in other namespaces than its process.
        using (Descriptor self = Descriptor.OpenAt(proc.Descriptor, "thread-self\0"u8, LibC.O_PATH))
        {
            Read(new ProcessDirectory(self, 0), _current);
        }

        // Before Linux 6.17 the first mnt and net namespaces had numbers of no fixed value; kthreadd lives in them.
        if (_current[(int)NamespaceType.Pid] == NamespaceType.Pid.InitialInode()
            && ProcessDirectory.TryOpen(proc, KthreaddId, out ProcessDirectory kthreadd))
        {
            using (kthreadd)
            {
                ReadOne(kthreadd, NamespaceType.Mnt);
                ReadOne(kthreadd, NamespaceType.Net);
            }
        }
    }

    private const int KthreaddId = 2;

    internal ulong InodeOf(NamespaceType type) => _current[(int)type];

    internal bool IsCurrent(NamespaceType type, ulong inode) => _current[(int)type] == inode;

    internal bool IsInitial(NamespaceType type, ulong inode) => _initial[(int)type] == inode;

    private static void Read(in ProcessDirectory process, ulong[] inodes)
    {
        for (int i = 0; i < NamespaceTypes.Count; i++)
        {
            inodes[i] = process.ReadNamespaceInode(NamespaceLink.PathOf((NamespaceType)i));
        }
    }

    private void ReadOne(in ProcessDirectory kthreadd, NamespaceType type)
    {
        ulong inode = kthreadd.ReadNamespaceInode(NamespaceLink.PathOf(type));
        if (inode != 0)
        {
            _initial[(int)type] = inode;
        }
    }
}
