using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>
/// A thread made to be moved between namespaces. It runs only what this module gives it, starts no other thread, and ends with this object.
/// Namespaces that it made, and that nothing else keeps, are removed with it. Threads of a caller are moved by an in-process visit alone.
/// </summary>
/// <remarks>
/// A thread inherits the namespaces of the one that creates it, and the runtime may create one at any call (its
/// compiler's, for one). So work that only needs a descriptor from inside goes there and back in one <see cref="RoundTrip"/>.
/// </remarks>
internal sealed unsafe class NamespaceThread : IDisposable
{
    private const int StackSize = 256 * 1024;

    private readonly SemaphoreSlim _request = new(0);
    private readonly SemaphoreSlim _answer = new(0);
    private readonly Thread _thread;
    private readonly ProcFileSystem _proc;
    private readonly NamespaceHandle _home;
    private Action? _work;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts a thread in the caller's namespaces.</summary>
    /// <exception cref="LinuxException">There is no usable /proc, or no room for a thread.</exception>
    internal NamespaceThread()
    {
        // Kept open, because another mount namespace need not have a /proc.
        _proc = ProcFileSystem.Open();
        try
        {
            _home = OpenOwn(NamespaceType.Net);
            _thread = new Thread(Serve, StackSize) { IsBackground = true, Name = "Namespace thread" };

            // Unsafe: no ambient state of the caller travels along.
            _thread.UnsafeStart();
        }
        catch (Exception exception)
        {
            _home?.Dispose();
            _proc.Dispose();

            // The runtime throws these for any thread that cannot be started, also for lack of descriptors.
            if (exception is OutOfMemoryException or ThreadStartException)
            {
                throw new LinuxException(LibC.EAGAIN, "pthread_create", null, "a limit on threads is reached: pids.max of the control group, or ulimit -u");
            }

            throw;
        }
    }

    /// <summary>The /proc of the caller, open: another mount namespace need not have one.</summary>
    internal int Proc => _proc.Descriptor;

    /// <summary>
    /// Runs <paramref name="work"/> on the thread and waits for it; what it throws is thrown here. The thread
    /// stays where the work leaves it. Handing over costs more than most calls do, so work for many namespaces
    /// is best given as one: what it calls here runs at once then.
    /// </summary>
    internal T Run<T>(Func<T> work)
    {
        if (Thread.CurrentThread == _thread)
        {
            return work();
        }

        T result = default!;
        _work = () => result = work();
        _request.Release();
        _answer.Wait();
        ExceptionDispatchInfo? failure = _failure;
        _failure = null;
        failure?.Throw();
        return result;
    }

    /// <summary>On the thread only: moves it into new namespaces of the types given as CLONE_NEW* flags.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal void Unshare(int flags)
    {
        RequireThread();
        if (LibC.unshare(flags) != 0)
        {
            LinuxException.ThrowLast("unshare", FormatFlags(flags));
        }
    }

    /// <summary>
    /// On the thread only: moves it (for pid and time namespaces: its children) into an open namespace, and makes
    /// sure it got there.
    /// </summary>
    /// <exception cref="LinuxException">The kernel refused: user namespaces always, they need a process of one thread.</exception>
    internal void Join(NamespaceHandle target, NamespaceType type)
    {
        RequireThread();

        // A thread that shares its root and working directory with others may not change its mount namespace.
        if (type == NamespaceType.Mnt)
        {
            Unshare(LibC.CLONE_FS);
        }

        if (LibC.setns(target.Descriptor, type.CloneFlag()) != 0)
        {
            LinuxException.ThrowLast("setns", NameOf(target, type));
        }

        using NamespaceHandle now = OpenOwn(type);
        if (now.Inode != target.Inode)
        {
            throw new LinuxException(LibC.ESTALE, "setns", NameOf(target, type));
        }
    }

    /// <summary>
    /// On the thread only: moves it into a copy of a mount namespace, whose mounts do not propagate to the original, and does work there that uses
    /// only system calls. The thread stays there.
    /// </summary>
    /// <param name="original">The namespace to copy.</param>
    /// <param name="isExpected">Whether the root directory there is the right one.</param>
    /// <param name="work">The work to do in the copy.</param>
    /// <exception cref="LinuxException">The kernel refused, or it is another root directory (ESTALE).</exception>
    internal NamespaceHandle CopyMounts(NamespaceHandle original, Func<bool> isExpected, Action work)
    {
        // The first call of an imported function looks for its library, by paths: not there.
        _ = LibC.mount(null, null, null, 0, null);
        Join(original, NamespaceType.Mnt);
        if (!isExpected())
        {
            throw new LinuxException(LibC.ESTALE, "chroot", "/");
        }

        Unshare(LibC.CLONE_NEWNS);
        fixed (byte* none = "none\0"u8, root = "/\0"u8)
        {
            if (LibC.mount(none, root, none, LibC.MS_REC | LibC.MS_SLAVE, null) != 0)
            {
                LinuxException.ThrowLast("mount", "/");
            }
        }

        work();
        return OpenOwn(NamespaceType.Mnt);
    }

    /// <summary>Makes a net namespace that only the handle returned keeps alive.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal NamespaceHandle CreateNamespace() => Run(() =>
    {
        int created = RoundTrip.CreateNet(_proc.Descriptor, _home.Descriptor);
        return NamespaceHandle.TryAdopt(Descriptor.FromResult(created))
            ?? throw new LinuxException(Errno.Last, "unshare", "CLONE_NEWNET");
    });

    /// <summary>
    /// Opens the descriptor of a netlink socket that belongs to a net namespace; null where the caller is in it, and opens one as well itself.
    /// </summary>
    /// <param name="target">The net namespace.</param>
    /// <param name="protocol">NETLINK_*.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal int? OpenSocket(NamespaceHandle target, int protocol)
    {
        if (IsHere(target))
        {
            return null;
        }

        (int opened, int errno) = Run(() => (RoundTrip.OpenSocket(target.Descriptor, _home.Descriptor, protocol), Errno.Last));
        return opened >= 0 ? opened : OpenSocketAsOwner(target, protocol, errno);
    }

    /// <summary>Opens a file of /proc/net of a net namespace (the name ends in NUL); not open with errno where there is none.</summary>
    /// <exception cref="LinuxException">The kernel refused to go there.</exception>
    internal Descriptor OpenNetFile(NamespaceHandle target, byte[] name)
    {
        byte[] path = [.. "thread-self/net/"u8, .. name];
        if (IsHere(target))
        {
            return Descriptor.OpenAt(_proc.Descriptor, path, LibC.O_RDONLY);
        }

        return NamespaceView.OpenProcFile(this, target, NamespaceType.Net, path);
    }

    /// <summary>
    /// Opens a namespace by its path (ends in NUL) in another mount namespace; null with errno. The thread's root
    /// is that of its own mount namespace from then on.
    /// </summary>
    /// <exception cref="LinuxException">The thread cannot be put back.</exception>
    internal NamespaceHandle? OpenNamespace(NamespaceHandle mountNamespace, byte[] path)
    {
        (int opened, int errno) = Run(() =>
        {
            using NamespaceHandle home = OpenOwn(NamespaceType.Mnt);
            int file = RoundTrip.OpenFile(mountNamespace.Descriptor, home.Descriptor, path);
            return (file, Errno.Last);
        });
        using OwnerChild? child = opened < 0 && errno == LibC.EPERM ? OwnerChild.TryCreate(mountNamespace, NamespaceType.Mnt, Proc) : null;
        if (child is not null)
        {
            child.Add(LibCExports.openat, LibC.AT_FDCWD, child.Copy(path), LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0);
            return NamespaceHandle.TryAdopt(child.Open(OwnerChild.First));
        }

        System.Runtime.InteropServices.Marshal.SetLastPInvokeError(errno);
        return NamespaceHandle.TryAdopt(Descriptor.FromResult(opened));
    }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        _work = null;
        _request.Release();
        _thread.Join();
        _request.Dispose();
        _answer.Dispose();
        _home.Dispose();
        _proc.Dispose();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is thrown where the work came from.")]
    private void Serve()
    {
        while (true)
        {
            _request.Wait();
            if (_work is not Action work)
            {
                return;
            }

            try
            {
                work();
            }
            catch (Exception exception)
            {
                _failure = ExceptionDispatchInfo.Capture(exception);
            }

            _answer.Release();
        }
    }

    /// <summary>On the thread only: opens the namespace of a type it is in (for pid and time namespaces: its children will be in).</summary>
    /// <exception cref="LinuxException">There is none.</exception>
    internal NamespaceHandle OpenOwn(NamespaceType type)
    {
        ReadOnlySpan<byte> link = type switch
        {
            NamespaceType.Pid => "thread-self/ns/pid_for_children\0"u8,
            NamespaceType.Time => "thread-self/ns/time_for_children\0"u8,
            _ => OwnLink(type),
        };
        return NamespaceHandle.TryOpen(_proc.Descriptor, link)
            ?? throw new LinuxException(Errno.Last, "open", "/proc/thread-self/ns/" + type.KernelName());
    }

    private static byte[] OwnLink(NamespaceType type) => [.. "thread-self/"u8, .. NamespaceLink.PathOf(type)];

    // Nobody needs a privilege for the namespace they are in: setns would ask for one even so.
    private bool IsHere(NamespaceHandle target)
    {
        using NamespaceHandle? own = target.Inode == _home.Inode && Thread.CurrentThread == _thread ? OpenOwn(NamespaceType.Net) : null;
        return target.Inode == (own?.Inode ?? _home.Inode);
    }

    private int OpenSocketAsOwner(NamespaceHandle target, int protocol, int errno)
    {
        using OwnerChild? child = errno == LibC.EPERM ? OwnerChild.TryCreate(target, NamespaceType.Net, Proc) : null;
        child?.Add(LibCExports.socket, LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, protocol);
        int opened = child?.Open(OwnerChild.First).Number ?? -1;
        return opened >= 0 ? opened : throw new LinuxException(child is null ? errno : Errno.Last, "setns", NameOf(target, NamespaceType.Net));
    }

    private void RequireThread()
    {
        if (Thread.CurrentThread != _thread)
        {
            throw new InvalidOperationException("Namespaces are changed only by work given to Run.");
        }
    }

    private static string NameOf(NamespaceHandle target, NamespaceType type) =>
        string.Create(CultureInfo.InvariantCulture, $"{type.KernelName()}:[{target.Inode}]");

    private static string FormatFlags(int flags) => string.Create(CultureInfo.InvariantCulture, $"0x{flags:x}");
}
