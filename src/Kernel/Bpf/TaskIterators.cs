using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>
/// The kernel's iterators over tasks and over their descriptors, with the module's programs loaded: one read gives what /proc has about
/// every process. Linux 5.8 with BTF, and the right to use bpf(2), are needed.
/// </summary>
internal sealed class TaskIterators : IDisposable
{
    private const string FilesName = "namespaces_file";
    private const string DescriptionFile = "/sys/kernel/btf/vmlinux";

    // The BTF of distributions has 4 to 10 MB.
    private const int MaxDescription = 256 * 1024 * 1024;

    private static readonly object s_gate = new();
    private static TaskIterators? s_current;
    private static BpfException? s_refused;

    private readonly BpfIterator _tasks;
    private readonly TaskLayout _layout;
    private readonly int _level;
    private readonly BpfIterator? _tables;
    private BpfIterator? _files;
    private volatile bool _isCrowded;
    private BpfIterator? _mounts;
    private volatile bool _hasNoMounts;

    private TaskIterators(TaskLayout layout, int level, BpfIterator tasks, BpfIterator? tables, BpfIterator? files)
    {
        _layout = layout;
        _level = level;
        _tasks = tasks;
        _tables = tables;
        _files = files;
    }

    /// <summary>Whether the rows have 64-bit ids.</summary>
    internal bool HasIds => _layout.HasIds;

    /// <summary>Whether the programs of this session are loaded: then a read costs next to nothing.</summary>
    internal static bool IsLoaded => Volatile.Read(ref s_current) is not null;

    /// <summary>Returns those of the session, loaded on first use. A refusal is remembered, so loading is not tried again.</summary>
    /// <exception cref="BpfException">The kernel has no such iterators, or does not let the caller use them: the message says why.</exception>
    /// <exception cref="LinuxException">There are no descriptors left.</exception>
    internal static TaskIterators Open(ProcFileSystem proc)
    {
        lock (s_gate)
        {
            if (s_refused is not null)
            {
                throw s_refused;
            }

            try
            {
                return s_current ??= Load(proc);
            }
            catch (BpfException exception) when (exception.Errno is not LibC.ENOMEM)
            {
                s_refused = exception;
                throw;
            }
        }
    }

    /// <summary>Gives the programs back to the kernel. The next use loads them again.</summary>
    internal static void Close()
    {
        lock (s_gate)
        {
            s_current?.Dispose();
            s_current = null;
            s_refused = null;
        }
    }

    /// <summary>Every process, and every thread that is elsewhere, in ascending order of their numbers.</summary>
    internal BpfRows<TaskRow> ReadTasks() => new(_tasks, HasIds ? TaskRow.Size : TaskRow.SizeWithoutIds);

    /// <summary>Every descriptor that is a namespace or a socket.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal FileRows ReadFiles()
    {
        if (_tables is not null && !_isCrowded)
        {
            try
            {
                return ReadFiles(_tables);
            }
            catch (BpfException exception) when (exception.Errno == LibC.E2BIG)
            {
                // A process has more than a program may write about a task. The other program is run for each descriptor; it serves from now on.
                _isCrowded = true;
            }
        }

        return ReadFiles(LazyInitializer.EnsureInitialized(ref _files, () => LoadFiles(_layout, _level)));
    }

    /// <summary>Returns the inodes of all mount namespaces in which a namespace is bound; null where the kernel does not tell.</summary>
    /// <exception cref="LinuxException">There are no descriptors left.</exception>
    internal HashSet<ulong>? TryReadMounts()
    {
        if (_hasNoMounts || _layout.Mounts is not MountLayout mounts || _layout.FileTable is not FileTableLayout loops)
        {
            return null;
        }

        // The program finds the file system by the file of a namespace.
        using NamespaceHandle? own = NamespaceHandle.TryOpen(LibC.AT_FDCWD, "/proc/thread-self/ns/mnt\0"u8);
        try
        {
            BpfIterator program = LazyInitializer.EnsureInitialized(ref _mounts, () => BpfIterator.Load("namespaces_mnt", _layout.TaskIterator, MountProgram.Create(_layout, mounts, loops)));
            return own is null ? null : ReadMounts(program);
        }
        catch (BpfException exception)
        {
            // Where the kernel's buffer was too small for all of them, it may have room the next time.
            _hasNoMounts = exception.Errno != LibC.E2BIG;
            return null;
        }
    }

    public void Dispose()
    {
        _tasks.Dispose();
        _tables?.Dispose();
        _files?.Dispose();
        _mounts?.Dispose();
    }

    private static TaskIterators Load(ProcFileSystem proc)
    {
        TaskLayout layout = ReadLayout();
        int types = 0;
        foreach (NamespaceType type in NamespaceTypeSet.All)
        {
            types |= proc.ReadNamespaceInode(proc.OwnProcessId, NamespaceLink.PathOf(type)) != 0 ? 1 << (int)type : 0;
        }

        int level = proc.ReadNamespaceInode(proc.OwnProcessId, NamespaceLink.PathOf(NamespaceType.Pid)) == NamespaceType.Pid.InitialInode() ? 0 : ReadLevel(layout);
        BpfIterator tasks = BpfIterator.Load("namespaces_task", layout.TaskIterator, TaskProgram.Create(layout, level, types));
        try
        {
            BpfIterator? tables = TryLoadTables(layout, level);
            return new TaskIterators(layout, level, tasks, tables, tables is null ? LoadFiles(layout, level) : null);
        }
        catch
        {
            tasks.Dispose();
            throw;
        }
    }

    private static BpfIterator LoadFiles(TaskLayout layout, int level) =>
        BpfIterator.Load(FilesName, layout.FileIterator, FileProgram.Create(layout, level));

    // A kernel may have the functions and yet refuse the program that calls them. The other one then says whether anything may be loaded.
    private static BpfIterator? TryLoadTables(TaskLayout layout, int level)
    {
        try
        {
            return layout.FileTable is FileTableLayout table ? BpfIterator.Load(FilesName, layout.TaskIterator, FileTableProgram.Create(layout, table, level)) : null;
        }
        catch (BpfException)
        {
            return null;
        }
    }

    private static FileRows ReadFiles(BpfIterator program)
    {
        FileRows files = new();
        using BpfRows<FileRow> rows = new(program, FileRow.Size);
        while (rows.MoveNext())
        {
            files.Add(rows.Current);
        }

        return files;
    }

    private static HashSet<ulong>? ReadMounts(BpfIterator program)
    {
        HashSet<ulong> places = [];
        bool isWhole = false;
        using BpfRows<ulong> rows = new(program, MountProgram.Size);
        while (rows.MoveNext())
        {
            isWhole |= rows.Current == 0;
            places.Add(rows.Current);
        }

        return isWhole ? places : null;
    }

    private static unsafe TaskLayout ReadLayout()
    {
        using Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, "/sys/kernel/btf/vmlinux\0"u8, LibC.O_RDONLY);
        if (!file.IsOpen || !FileStatus.TryGet(file.Number, out FileStatus status))
        {
            throw new BpfException($"{DescriptionFile} cannot be read ({ErrnoName.Of(Errno.Last)})", Errno.Last);
        }

        if (status.Size is 0 or > MaxDescription)
        {
            throw new BpfException($"{DescriptionFile} has {status.Size} bytes");
        }

        // Memory of the C library: it is needed once, and the collector would keep it for long.
        byte* memory = (byte*)NativeMemory.Alloc((nuint)status.Size);
        try
        {
            Span<byte> data = new(memory, (int)status.Size);
            int length = file.Read(data);
            return length == data.Length ? new TaskLayout(data) : throw new BpfException($"{DescriptionFile} cannot be read ({ErrnoName.Of(Errno.Last)})", Errno.Last);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    private static int ReadLevel(TaskLayout layout)
    {
        using BpfIterator program = BpfIterator.Load("namespaces_pid", layout.TaskIterator, LevelProgram.Create(layout));
        BpfRows<FileRow> rows = new(program, LevelProgram.Size);
        try
        {
            return rows.MoveNext() ? rows.Current.ProcessId : throw new BpfException("the task iterator does not show the caller");
        }
        finally
        {
            rows.Dispose();
        }
    }
}
