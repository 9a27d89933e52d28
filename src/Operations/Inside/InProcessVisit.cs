using System;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>
/// The calling thread inside of namespaces for the time of one block, and back afterwards whatever happens in it. Only for what a
/// caller asked for by name: code that runs meanwhile can leave threads behind, which <see cref="Leave"/> finds.
/// </summary>
internal sealed unsafe class InProcessVisit
{
    // Those that are inside because they were asked to be, by their thread ids.
    private static readonly ConcurrentDictionary<int, InProcessVisit> s_visitors = new();

    // Threads found left inside and told of.
    private static readonly ConcurrentDictionary<int, bool> s_told = new();

    private readonly IReadOnlyList<JoinedNamespace> _wanted;
    private readonly List<JoinedNamespace> _home = [];
    private readonly int _threadId;
    private readonly ProcFileSystem _proc;
    private readonly InProcessVisit? _outer;
    private Descriptor _root = Descriptor.None;
    private Descriptor _directory = Descriptor.None;

    private InProcessVisit(IReadOnlyList<JoinedNamespace> wanted)
    {
        _wanted = wanted;
        // Kept open, because another mount namespace need not have a /proc.
        _proc = ProcFileSystem.Open();
        _threadId = ReadThreadId();
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
                "TypeNotInProcess",
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
    /// <returns>Threads of the process that are inside now, though nobody asked for it; each is told of once.</returns>
    /// <exception cref="NamespaceException">The way back is barred; the thread must not be used any more.</exception>
    internal IReadOnlyList<int> Leave()
    {
        try
        {
            foreach (JoinedNamespace home in Enumerable.Reverse(_home))
            {
                Join(home, "NotBack");
            }

            RestoreDirectories();
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
            _proc.Dispose();
        }
    }

    private void Enter()
    {
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

        foreach (JoinedNamespace wanted in _wanted.OrderBy(ns => ns.Type == NamespaceType.Mnt))
        {
            NamespaceHandle home = OpenOwn(wanted.Type) ?? throw new LinuxException(Errno.Last, "open", "/proc/thread-self/ns/" + wanted.Type.KernelName());
            _home.Add(new JoinedNamespace(wanted.Type, home));
            Join(wanted, "JoinRefused");
        }
    }

    private void Join(JoinedNamespace target, string errorId)
    {
        LinuxException? failure = LibC.setns(target.Handle.Descriptor, target.Type.CloneFlag()) == 0 ? null : new LinuxException(Errno.Last, "setns", target.ToString());
        using NamespaceHandle? now = OpenOwn(target.Type);
        if (failure is not null || now?.Inode != target.Handle.Inode)
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
                throw new NamespaceException("NotBack", "The session's root and working directory could not be restored.", "End this session.", failure);
            }
        }
    }

    private NamespaceHandle? OpenOwn(NamespaceType type) => NamespaceHandle.TryOpen(_proc.Descriptor, [.. "thread-self/"u8, .. NamespaceLink.PathOf(type)]);

    // Threads of this process in any of the namespaces, but for those that visit them and those told of before.
    private List<int> FindThreads()
    {
        List<int> found = [];
        if (_wanted.Count == 0 || !DirectoryReader.TryOpen(_proc.Descriptor, "self/task\0"u8, out DirectoryReader tasks))
        {
            return found;
        }

        using (tasks)
        {
            while (tasks.TryReadNumber(out int thread, out ReadOnlySpan<byte> name))
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
        "self/task/"u8.CopyTo(path);
        _ = Utf8Formatter.TryFormat(thread, path[10..], out int length);
        path[10 + length] = (byte)'/';
        NamespaceLink.PathOf(type).CopyTo(path[(11 + length)..]);
        return new ProcessDirectory(Descriptor.FromResult(_proc.Descriptor), 0).ReadNamespaceInode(path);
    }

    private int ReadThreadId()
    {
        // PID/task/TID
        byte* text = stackalloc byte[64];
        fixed (byte* link = "thread-self\0"u8)
        {
            nint length = LibC.readlinkat(_proc.Descriptor, link, text, 64);
            ReadOnlySpan<byte> path = new(text, (int)Math.Max(length, 0));
            return Utf8Parser.TryParse(path[(path.LastIndexOf((byte)'/') + 1)..], out int id, out _) ? id : 0;
        }
    }
}
