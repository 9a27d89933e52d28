using System;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>Where the running kernel has the fields that the task iterators read: offsets from its own description of its types.</summary>
internal sealed class TaskLayout
{
    private static readonly string[] s_structures = ["bpf_iter__task", "bpf_iter__task_file", "socket", "super_block", "dentry", "mount", "mnt_namespace"];
    private static readonly string[] s_functions = ["bpf_iter_task", "bpf_iter_task_file", "bpf_iter_num_new", "bpf_iter_num_next", "bpf_iter_num_destroy", "bpf_rdonly_cast"];

    private readonly NamespaceLayout[] _namespaces = new NamespaceLayout[NamespaceTypes.Count];

    /// <summary>Finds all of them.</summary>
    /// <exception cref="BpfException">A structure or field is missing, or is not what it should be.</exception>
    internal TaskLayout(ReadOnlySpan<byte> data)
    {
        Btf btf = new(data, s_structures, s_functions);
        TaskIterator = btf.Function("bpf_iter_task");
        FileIterator = btf.Function("bpf_iter_task_file");

        uint context = btf.Structure("bpf_iter__task");
        BtfField meta = Pointer(btf, context, "meta");
        BtfField task = Pointer(btf, context, "task");
        Meta = meta.Offset;
        Task = task.Offset;
        Sequence = Pointer(btf, meta.Type, "seq").Offset;

        uint fileContext = btf.Structure("bpf_iter__task_file");
        BtfField file = Pointer(btf, fileContext, "file");
        FileMeta = Pointer(btf, fileContext, "meta").Offset;
        FileTask = Pointer(btf, fileContext, "task").Offset;
        FileNumber = Value(btf, fileContext, "fd", sizeof(uint));
        File = file.Offset;

        ReadTask(btf, task.Type);
        ReadFile(btf, file.Type);
        FileTable = TryReadTable(btf, task.Type, file.Type);
        Mounts = MountLayout.TryRead(btf);
    }

    /// <summary>The type ids of the iterators, which programs are attached to.</summary>
    internal uint TaskIterator { get; }

    /// <inheritdoc cref="TaskIterator"/>
    internal uint FileIterator { get; }

    /// <summary>bpf_iter__task.meta and .task, and bpf_iter_meta.seq</summary>
    internal int Meta { get; }

    /// <inheritdoc cref="Meta"/>
    internal int Task { get; }

    /// <inheritdoc cref="Meta"/>
    internal int Sequence { get; }

    /// <summary>bpf_iter__task_file.meta, .task, .fd and .file</summary>
    internal int FileMeta { get; }

    /// <inheritdoc cref="FileMeta"/>
    internal int FileTask { get; }

    /// <inheritdoc cref="FileMeta"/>
    internal int FileNumber { get; }

    /// <inheritdoc cref="FileMeta"/>
    internal int File { get; }

    /// <summary>task_struct</summary>
    internal int ThreadId { get; private set; }

    internal int ProcessId { get; private set; }

    internal int Leader { get; private set; }

    internal int Files { get; private set; }

    internal int Parent { get; private set; }

    internal int Name { get; private set; }

    internal int Credentials { get; private set; }

    internal int Namespaces { get; private set; }

    internal int Pid { get; private set; }

    /// <summary>task_struct.cgroups; -1 on a kernel without control groups.</summary>
    internal int Cgroups { get; private set; }

    /// <summary>cred.euid and .user_ns</summary>
    internal int UserId { get; private set; }

    internal int UserNamespace { get; private set; }

    /// <summary>user_namespace.owner</summary>
    internal int OwnerUserId { get; private set; }

    /// <summary>pid.level and .numbers; upid is a number and, after it, the pid namespace that the number belongs to.</summary>
    internal int Level { get; private set; }

    internal int Numbers { get; private set; }

    /// <summary>pid_namespace.level and .parent</summary>
    internal int NamespaceLevel { get; private set; }

    internal int NamespaceParent { get; private set; }

    /// <summary>nsproxy.time_ns_for_children</summary>
    internal int ChildTime { get; private set; }

    /// <summary>file.f_inode and .private_data, inode.i_sb and .i_ino, super_block.s_magic</summary>
    internal int FileInode { get; private set; }

    internal int FileData { get; private set; }

    internal int SuperBlock { get; private set; }

    internal int InodeNumber { get; private set; }

    internal int Magic { get; private set; }

    /// <summary>socket.sk and sock.__sk_common.skc_net.net</summary>
    internal int Socket { get; private set; }

    internal int SocketNetwork { get; private set; }

    /// <summary>For programs that walk tables of descriptors; null where the kernel lacks what they need.</summary>
    internal FileTableLayout? FileTable { get; }

    /// <summary>For the program that walks mounts; null where the kernel has them otherwise.</summary>
    internal MountLayout? Mounts { get; }

    /// <summary>Whether the kernel has 64-bit ids.</summary>
    internal bool HasIds { get; private set; }

    internal NamespaceLayout this[NamespaceType type] => _namespaces[(int)type];

    private void ReadTask(Btf btf, uint task)
    {
        ThreadId = Value(btf, task, "pid", sizeof(int));
        ProcessId = Value(btf, task, "tgid", sizeof(int));
        Leader = Pointer(btf, task, "group_leader").Offset;
        Files = Pointer(btf, task, "files").Offset;
        Parent = Pointer(btf, task, "real_parent").Offset;
        Name = btf.Field(task, "comm").Offset;
        Cgroups = btf.TryField(task, "cgroups", out BtfField cgroups) && cgroups.IsPointer ? cgroups.Offset : -1;

        BtfField credentials = Pointer(btf, task, "real_cred");
        Credentials = credentials.Offset;
        UserId = Value(btf, credentials.Type, "euid.val", sizeof(uint));
        BtfField user = Pointer(btf, credentials.Type, "user_ns");
        UserNamespace = user.Offset;
        OwnerUserId = Value(btf, user.Type, "owner.val", sizeof(uint));

        BtfField namespaces = Pointer(btf, task, "nsproxy");
        Namespaces = namespaces.Offset;
        Add(btf, namespaces.Type, NamespaceType.Cgroup, "cgroup_ns");
        Add(btf, namespaces.Type, NamespaceType.Ipc, "ipc_ns");
        Add(btf, namespaces.Type, NamespaceType.Mnt, "mnt_ns");
        Add(btf, namespaces.Type, NamespaceType.Net, "net_ns");
        uint pidNamespace = Add(btf, namespaces.Type, NamespaceType.Pid, "pid_ns_for_children");
        Add(btf, namespaces.Type, NamespaceType.Time, "time_ns");
        Add(btf, credentials.Type, NamespaceType.User, "user_ns", "parent");
        Add(btf, namespaces.Type, NamespaceType.Uts, "uts_ns");
        ChildTime = Pointer(btf, namespaces.Type, "time_ns_for_children").Offset;
        HasIds = Array.TrueForAll(_namespaces, layout => layout.Id >= 0);
        NamespaceLevel = Value(btf, pidNamespace, "level", sizeof(uint));
        NamespaceParent = Pointer(btf, pidNamespace, "parent").Offset;

        BtfField pid = Pointer(btf, task, "thread_pid");
        Pid = pid.Offset;
        Level = Value(btf, pid.Type, "level", sizeof(uint));
        Numbers = btf.Field(pid.Type, "numbers").Offset;

        BtfField socket = Pointer(btf, btf.Structure("socket"), "sk");
        Socket = socket.Offset;
        BtfField net = Pointer(btf, socket.Type, "__sk_common.skc_net.net");
        SocketNetwork = net.Offset;
    }

    private void ReadFile(Btf btf, uint file)
    {
        BtfField inode = Pointer(btf, file, "f_inode");
        FileInode = inode.Offset;
        FileData = Pointer(btf, file, "private_data").Offset;
        BtfField superBlock = Pointer(btf, inode.Type, "i_sb");
        SuperBlock = superBlock.Offset;
        InodeNumber = Value(btf, inode.Type, "i_ino", sizeof(ulong));
        Magic = Value(btf, superBlock.Type, "s_magic", sizeof(ulong));
    }

    private static FileTableLayout? TryReadTable(Btf btf, uint task, uint file)
    {
        if (!btf.TryFunction("bpf_iter_num_new", out uint begin) || !btf.TryFunction("bpf_iter_num_next", out uint next)
            || !btf.TryFunction("bpf_iter_num_destroy", out uint end) || !btf.TryFunction("bpf_rdonly_cast", out uint cast))
        {
            return null;
        }

        BtfField table = Pointer(btf, Pointer(btf, task, "files").Type, "fdt");
        return new FileTableLayout(
            table.Offset,
            Value(btf, table.Type, "max_fds", sizeof(uint)),
            Pointer(btf, table.Type, "fd").Offset,
            Pointer(btf, table.Type, "open_fds").Offset,
            file,
            begin,
            next,
            end,
            cast);
    }

    private uint Add(Btf btf, uint parent, NamespaceType type, string name, string owner = "user_ns")
    {
        BtfField ns = Pointer(btf, parent, name);
        _namespaces[(int)type] = new NamespaceLayout(
            ns.Offset,
            Value(btf, ns.Type, "ns.inum", sizeof(uint)),
            btf.TryField(ns.Type, "ns.ns_id", out BtfField id) && id.Size == sizeof(ulong) ? id.Offset : -1,
            Pointer(btf, ns.Type, owner).Offset);
        return ns.Type;
    }

    private static BtfField Pointer(Btf btf, uint structure, string path)
    {
        BtfField field = btf.Field(structure, path);
        return field.IsPointer ? field : throw new BpfException($"{path} is not a pointer");
    }

    private static int Value(Btf btf, uint structure, string path, int size)
    {
        BtfField field = btf.Field(structure, path);
        return field.Size == size && !field.IsPointer ? field.Offset : throw new BpfException($"{path} has {field.Size} bytes instead of {size}");
    }
}
