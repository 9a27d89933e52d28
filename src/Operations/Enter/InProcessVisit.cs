using System;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>
/// The calling thread inside of namespaces for the time of one block, and back afterwards whatever happens in it. Only for what a
/// caller asked for by name: code that runs meanwhile can leave threads behind, which <see cref="Leave"/> finds.
/// </summary>
internal sealed unsafe class InProcessVisit
{
    // Those that are inside because they were asked to be, by their thread ids.
    private static readonly ConcurrentDictionary<int, InProcessVisit> s_visitors = new();

    // A thread keeps its number.
    [ThreadStatic]
    private static int s_ownThreadId;

    // Threads found left inside that a warning has listed.
    private static readonly ConcurrentDictionary<int, bool> s_told = new();

    private readonly IReadOnlyList<JoinedNamespace> _wanted;
    private readonly List<JoinedNamespace> _home = [];
    private readonly int _threadId = s_ownThreadId != 0 ? s_ownThreadId : s_ownThreadId = ReadThreadId();
    private readonly InProcessVisit? _outer;
    private readonly bool _wasAway = ThreadNamespaces.IsAway;

    // Kept open, because another mount namespace need not have a /proc.
    private readonly DescriptorHandle _thread;
    private Descriptor _load = Descriptor.None;
    private ulong? _tasksBefore;
    private Descriptor _root = Descriptor.None;
    private Descriptor _directory = Descriptor.None;

    private InProcessVisit(IReadOnlyList<JoinedNamespace> wanted)
    {
        _wanted = wanted;
        _thread = ProcessDirectory.OpenOwnThread().Detach();
        s_visitors.TryGetValue(_threadId, out _outer);
        s_visitors[_threadId] = this;
    }

    /// <summary>Goes inside; on any failure the thread is where it was.</summary>
    /// <exception cref="NamespaceException">A type a thread cannot join, or the kernel refused.</exception>
    internal static InProcessVisit Enter(TargetJoin join)
    {
        NamespaceType[] refused = [.. join.Namespaces.Select(ns => ns.Type).Where(type => type is NamespaceType.Pid or NamespaceType.Time or NamespaceType.User)];
        if (refused.Length > 0)
        {
            throw new NamespaceException(
                ErrorIds.TypeNotInProcess,
                $"A thread of a running session cannot join the {string.Join(", ", refused.Select(type => type.KernelName()))} namespace of {join.Label}.",
                "Name those it can with -Type (Net, Uts, Ipc, Cgroup, Mnt), or leave -InProcess out.");
        }

        InProcessVisit visit = new(join.Namespaces);
        try
        {
            visit.Enter();
            return visit;
        }
        catch
        {
            visit.Leave();
            throw;
        }
    }

    /// <summary>Goes back. On the thread that entered.</summary>
    /// <returns>Threads of the process that stayed inside unintentionally; each is reported once.</returns>
    /// <exception cref="NamespaceException">The way back is barred; the thread must not be used any more.</exception>
    internal IReadOnlyList<int> Leave()
    {
        try
        {
            if (_root.IsOpen)
            {
                // The code that ran inside may have left a thread that this one created, which shares its root and working directory.
                _ = LibC.unshare(LibC.CLONE_FS);
            }

            foreach (JoinedNamespace home in Enumerable.Reverse(_home))
            {
                LinuxException? failure = TrySet(home);
                Require(failure is null && IsIn(home), home, ErrorIds.NotBack, failure);
            }

            RestoreDirectories();
            ThreadNamespaces.IsAway = _wasAway;
            return FindThreads();
        }
        finally
        {
            if (_outer is null)
            {
                s_visitors.TryRemove(_threadId, out _);
            }
            else
            {
                s_visitors[_threadId] = _outer;
            }

            foreach (JoinedNamespace home in _home)
            {
                home.Handle.Dispose();
            }

            _root.Dispose();
            _directory.Dispose();
            _load.Dispose();
            _thread.Dispose();
        }
    }

    private void Enter()
    {
        ThreadNamespaces.Hold();
        if (_wanted.Any(ns => ns.Type == NamespaceType.Mnt))
        {
            _root = Descriptor.OpenAt(LibC.AT_FDCWD, "/\0"u8, LibC.O_PATH);
            _directory = Descriptor.OpenAt(LibC.AT_FDCWD, ".\0"u8, LibC.O_PATH);

            // A thread that shares root and working directory with others may not change its mount namespace.
            if (!_root.IsOpen || !_directory.IsOpen || LibC.unshare(LibC.CLONE_FS) != 0)
            {
                LinuxException.ThrowLast("unshare", "CLONE_FS");
            }
        }

        _load = Descriptor.OpenAt(_thread.Number, "../../../loadavg\0"u8, LibC.O_RDONLY);
        _tasksBefore = IsOfProc(_load) ? ReadLastTask() : null;
        foreach (JoinedNamespace wanted in _wanted.OrderBy(ns => ns.Type == NamespaceType.Mnt))
        {
            NamespaceHandle home = NamespaceHandle.TryOpen(_thread.Number, NamespaceLink.PathOf(wanted.Type)) ?? throw new LinuxException(Errno.Last, "open", "/proc/thread-self/ns/" + wanted.Type.KernelName());
            LinuxException? failure = TrySet(wanted);
            if (failure is null)
            {
                ThreadNamespaces.IsAway |= wanted.Type == NamespaceType.Mnt;

                // From now on there is a way back to go.
                _home.Add(new JoinedNamespace(wanted.Type, home));
            }
            else
            {
                home.Dispose();
            }

            Require(failure is null && IsIn(wanted), wanted, ErrorIds.JoinRefused, failure);
        }
    }

    private static LinuxException? TrySet(JoinedNamespace target) =>
        LibC.setns(target.Handle.Descriptor, target.Type.CloneFlag()) == 0 ? null : new LinuxException(Errno.Last, "setns", target.ToString());

    private bool IsIn(JoinedNamespace target) => ReadInode(_thread.Number, NamespaceLink.PathOf(target.Type)) == target.Handle.Inode;

    private static void Require(bool isThere, JoinedNamespace target, string errorId, LinuxException? failure)
    {
        if (!isThere)
        {
            throw new NamespaceException(
                errorId, $"The session's thread could not join {target}.", "Joining needs CAP_SYS_ADMIN in the user namespace that owns it.", failure);
        }
    }

    private void RestoreDirectories()
    {
        if (!_root.IsOpen || !_directory.IsOpen)
        {
            return;
        }

        fixed (byte* here = ".\0"u8)
        {
            if (LibC.fchdir(_root.Number) != 0 || LibC.chroot(here) != 0 || LibC.fchdir(_directory.Number) != 0)
            {
                LinuxException failure = new(Errno.Last, "chroot", "the session's root");
                throw new NamespaceException(ErrorIds.NotBack, "The session's root and working directory could not be restored.", "End this session.", failure);
            }
        }
    }

    // Threads of this process in any of the namespaces, except those that visit them and those already reported. A thread is where the one
    // is that makes it: where the kernel has made no thread meanwhile, none was left behind.
    private List<int> FindThreads()
    {
        List<int> found = [];
        if ((_tasksBefore is not null && ReadLastTask() == _tasksBefore) || !DirectoryReader.TryOpen(_thread.Number, "..\0"u8, out DirectoryReader tasks))
        {
            return found;
        }

        using (tasks)
        {
            while (tasks.TryReadNumber(out int thread, out _))
            {
                if (!s_visitors.ContainsKey(thread) && _wanted.Any(ns => InodeOf(thread, ns.Type) == ns.Handle.Inode) && s_told.TryAdd(thread, true))
                {
                    found.Add(thread);
                }
            }
        }

        return found;
    }

    private ulong InodeOf(int thread, NamespaceType type)
    {
        Span<byte> path = stackalloc byte[64];
        "../"u8.CopyTo(path);
        _ = Utf8Formatter.TryFormat(thread, path[3..], out int length);
        path[3 + length] = (byte)'/';
        NamespaceLink.PathOf(type).CopyTo(path[(4 + length)..]);
        return ReadInode(_thread.Number, path);
    }

    private static ulong ReadInode(int directory, ReadOnlySpan<byte> path) => new ProcessDirectory(Descriptor.FromResult(directory), 0).ReadNamespaceInode(path);

    // Something like lxcfs may have put a file of its own in that place.
    private bool IsOfProc(Descriptor file) =>
        FileStatus.TryGet(file.Number, out FileStatus status) && FileStatus.TryGet(_thread.Number, out FileStatus proc) && status.Device == proc.Device;

    // The number of the latest process or thread of our pid namespace, the last word of /proc/loadavg; null where it is not to be had.
    private ulong? ReadLastTask()
    {
        byte* buffer = stackalloc byte[128];
        nint length = LibC.pread(_load.Number, buffer, 128, 0);
        ReadOnlySpan<byte> text = new ReadOnlySpan<byte>(buffer, (int)Math.Max(length, 0)).TrimEnd((byte)'\n');
        return Utf8Parser.TryParse(text[(text.LastIndexOf((byte)' ') + 1)..], out ulong id, out _) && id != 0 ? id : null;
    }

    private static int ReadThreadId()
    {
        // PID/task/TID
        byte* text = stackalloc byte[64];
        fixed (byte* link = "/proc/thread-self\0"u8)
        {
            nint length = LibC.readlinkat(LibC.AT_FDCWD, link, text, 64);
            ReadOnlySpan<byte> path = new(text, (int)Math.Max(length, 0));
            return Utf8Parser.TryParse(path[(path.LastIndexOf((byte)'/') + 1)..], out int id, out _) ? id : 0;
        }
    }
}
