using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Contexts;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>
/// A child that joins the user namespace which owns a namespace, then the namespace, and makes some calls there. An ordinary user has the rights for the
/// namespaces of their own containers only so, and a process of several threads may not join a user namespace (setns(2)). The child is a chain of calls of
/// libc. It runs no program, and has exited when <see cref="Run"/> returns.
/// </summary>
internal sealed unsafe class OwnerChild : IDisposable
{
    /// <summary>The number of the first file that the child opens.</summary>
    internal const int First = 0;

    /// <summary>The number of the second file that the child opens.</summary>
    internal const int Second = 1;

    // The lowest number that stays the session's in the child.
    private const int Above = 2;
    private const int MostCalls = 60;
    private const int CloneStackSize = 1024;
    private const int LinkSize = 64;
    private const int RoomForData = 64 * 1024;

    private readonly NamespaceHandle _target;
    private readonly NamespaceHandle? _owner;
    private readonly NamespaceType _type;
    private readonly DescriptorHandle _proc;
    private readonly ChildMemory _memory;
    private readonly List<(nint Function, nint[] Arguments)> _calls = [];

    private OwnerChild(NamespaceHandle target, NamespaceHandle? owner, NamespaceType type, DescriptorHandle proc)
    {
        _target = target;
        _owner = owner;
        _type = type;
        _proc = proc;
        _memory = ChildMemory.Rent(ContextChain.MeasureMemory(MostCalls) + CloneStackSize + RoomForData);
    }

    /// <summary>The /proc of the session, in the child.</summary>
    internal int Proc => _proc.Number;

    /// <summary>
    /// Prepares a child; null where it would have no more rights than the session. For what the session's own user namespace owns the child joins none: it is
    /// for those who may go there and not back.
    /// </summary>
    /// <param name="target">The namespace, kept open by the caller.</param>
    /// <param name="type">Its type.</param>
    /// <param name="proc">The /proc of the session, open.</param>
    /// <exception cref="LinuxException">There is no memory, or no descriptor is left.</exception>
    internal static OwnerChild? TryCreate(NamespaceHandle target, NamespaceType type, int proc)
    {
        NamespaceHandle? owner = LibCExports.makecontext == 0 ? null : target.OpenOwner();
        using NamespaceHandle? own = owner is null ? null : NamespaceHandle.TryOpen(proc, "self/ns/user\0"u8);
        bool isOwn = owner is not null && owner.Inode == own?.Inode;
        if (owner is not null && own is not null && (isOwn ? ProcessCredentials.Has(ProcessCredentials.CapSysAdmin) : IsOurs(owner, own)))
        {
            if (isOwn)
            {
                owner.Dispose();
            }

            return new OwnerChild(target, isOwn ? null : owner, type, new DescriptorHandle(Copy(proc)));
        }

        owner?.Dispose();
        return null;
    }

    /// <summary>Zeroed memory that the child and the session share.</summary>
    internal byte* Allocate(int size) => _memory.Allocate(size);

    /// <summary>A copy of the bytes in that memory.</summary>
    internal nint Copy(ReadOnlySpan<byte> bytes) => (nint)_memory.Copy(bytes);

    /// <summary>Adds a call that the child makes inside. A call that fails is its last.</summary>
    internal void Add(nint function, params nint[] arguments) => _calls.Add((function, arguments));

    /// <summary>Runs the calls, and takes a file that the child has opened; not open with errno where a call failed.</summary>
    /// <exception cref="LinuxException">The kernel refused to go there, or the child could not do its work.</exception>
    internal Descriptor Open(int number)
    {
        using DescriptorPassage passage = DescriptorPassage.Create();
        using Descriptor sending = Copy(passage.Sending.Number);
        LibC.msghdr* message = DescriptorPassage.WriteMessage(_memory.Allocate(DescriptorPassage.MessageSize), number);
        Add(LibCExports.sendmsg, sending.Number, (nint)message, 0);
        int errno = Run();
        if (errno == 0)
        {
            return passage.Receive();
        }

        Marshal.SetLastPInvokeError(errno);
        return Descriptor.None;
    }

    /// <summary>Runs the calls; 0, or the errno of the one that failed.</summary>
    /// <exception cref="LinuxException">The kernel refused to go there, or the child could not do its work.</exception>
    internal int Run()
    {
        using Descriptor owner = _owner is null ? Descriptor.None : Copy(_owner.Descriptor);
        using Descriptor target = Copy(_target.Descriptor);
        byte* link = _memory.Allocate(LinkSize);
        int* entry = (int*)_memory.Allocate(sizeof(long));
        int* errno = (int*)_memory.Allocate(sizeof(long));
        int* done = (int*)_memory.Allocate(sizeof(long));
        using (SignalMask.Full())
        {
            ContextChain chain = new(_memory, MostCalls);

            // The child's memory is a copy of the session's, and processes inside have the right to trace the child. prctl(2) leaves that right to root.
            chain.Add(LibCExports.prctl, LibC.PR_SET_DUMPABLE, 0);
            chain.Add(LibCExports.close, First);
            chain.Add(LibCExports.close, Second);
            chain.Add(LibCExports.memset, (nint)LibC.__errno_location(), 0, sizeof(int));
            if (owner.IsOpen)
            {
                AddChecked(chain, entry, LibCExports.setns, [owner.Number, LibC.CLONE_NEWUSER]);
            }

            AddChecked(chain, entry, LibCExports.setns, [target.Number, _type.CloneFlag()]);
            AddChecked(chain, errno, LibCExports.readlinkat, [Proc, Copy([.. "self/"u8, .. NamespaceLink.PathOf(_type)]), (nint)link, LinkSize - 1]);
            foreach ((nint function, nint[] arguments) in _calls)
            {
                AddChecked(chain, errno, function, arguments);
            }

            chain.Add(LibCExports.memset, (nint)done, 1, 1);
            chain.End();
            Clone(chain);
        }

        int refused = *entry;
        if (refused == 0 && *errno == 0 && *done == 0)
        {
            throw new LinuxException(LibC.ESRCH, "waitid", NameOf(), "the child that looks inside was terminated");
        }

        // The link is empty where it could not be read: then errno says so.
        if (refused == 0 && *link != 0 && NamespaceLink.ParseInode(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(link)) != _target.Inode)
        {
            refused = LibC.ESTALE;
        }

        return refused == 0 ? *errno : throw new LinuxException(refused, "setns", NameOf());
    }

    public void Dispose()
    {
        _owner?.Dispose();
        _proc.Dispose();
        _memory.Dispose();
    }

    // The kernel's rule (cap_capable in security/commoncap.c): who made a user namespace has all rights in it, and in those below, from the one above.
    private static bool IsOurs(NamespaceHandle owner, NamespaceHandle own)
    {
        NamespaceHandle? parent = owner.OpenParent();
        uint? maker = owner.OwnerUserId;
        while (parent is not null && parent.Inode != own.Inode)
        {
            using NamespaceHandle child = parent;
            maker = child.OwnerUserId;
            parent = child.OpenParent();
        }

        bool isFound = parent is not null;
        parent?.Dispose();
        return isFound && maker == LibC.geteuid();
    }

    // Numbers above those that the child closes: the session's own may be lower where it runs without standard streams.
    private static Descriptor Copy(int number) => Descriptor.FromResult(LibC.fcntl(number, LibC.F_DUPFD_CLOEXEC, Above), "fcntl");

    private static void AddChecked(ContextChain chain, int* errno, nint function, nint[] arguments)
    {
        chain.Add(function, arguments);
        chain.Add(LibCExports.memcpy, (nint)errno, (nint)LibC.__errno_location(), sizeof(int));
        chain.Add(LibCExports.lfind, chain.Exit, (nint)errno, (nint)errno, 1, LibCExports.setcontext);
    }

    // Returns when the child has exited. It has memory and descriptors of its own, and tells nobody of its end.
    private void Clone(ContextChain chain)
    {
        byte* stack = _memory.AllocateStack(CloneStackSize);
        int id = LibC.clone(LibCExports.setcontext, stack + CloneStackSize, LibC.CLONE_VFORK, chain.Start, null, null, null);
        if (id < 0)
        {
            LinuxException.ThrowLast("clone", NameOf());
        }

        LibC.siginfo_t end;
        while (LibC.waitid(LibC.P_PID, (uint)id, &end, LibC.WEXITED | LibC.__WALL) != 0 && Errno.Last == LibC.EINTR)
        {
        }
    }

    private string NameOf() => string.Create(CultureInfo.InvariantCulture, $"{_type.KernelName()}:[{_target.Inode}]");
}
