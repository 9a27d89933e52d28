using System;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Contexts;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Life;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>
/// A small process that sends a program one signal when this session has ended. The kernel's own way, PR_SET_PDEATHSIG, sends one for each thread
/// of the session, and none to a program that gained privileges when it was started. The guard waits on a pipe whose other end only the
/// session has, and on the program, which then needs no signal.
/// </summary>
internal sealed unsafe class DeathGuard : IDisposable
{
    private const int CloneStackSize = 1024;
    private const int MostCalls = 40;
    private const string Name = "session-guard";

    private readonly Pipe _life;

    private DeathGuard(Pipe life) => _life = life;

    /// <summary>Sets one over a process. It ends when this is disposed of.</summary>
    /// <param name="process">The pidfd of the program.</param>
    /// <param name="signal">The signal to send.</param>
    /// <exception cref="LinuxException">No process, or no descriptor, is to be had.</exception>
    /// <exception cref="NamespaceException">No thread can wait for the guard.</exception>
    internal static DeathGuard Start(int process, int signal)
    {
        Pipe life = Pipe.Create();
        try
        {
            using ChildMemory memory = ChildMemory.Rent(ContextChain.MeasureMemory(MostCalls) + CloneStackSize + 4096, isUsedOn: true);
            ChildReaper.Add(Clone(memory, process, (int)life.Reading.DangerousGetHandle(), signal));
            life.Reading.Dispose();
            return new DeathGuard(life);
        }
        catch
        {
            life.Dispose();
            throw;
        }
    }

    /// <summary>The program has ended: nothing is to be guarded.</summary>
    public void Dispose() => _life.Dispose();

    private static ChildProcess Clone(ChildMemory memory, int process, int life, int signal)
    {
        int* self = (int*)memory.Allocate(sizeof(int));
        *self = -1;
        LibC.pollfd* files = (LibC.pollfd*)memory.Allocate(2 * sizeof(LibC.pollfd));
        files[0] = new LibC.pollfd { fd = 0, events = LibC.POLLIN };
        files[1] = new LibC.pollfd { fd = 1, events = LibC.POLLIN };
        using (SignalMask.Full())
        {
            ContextChain chain = new(memory, MostCalls);

            // Numbers above those that are written to are what is copied: the session's may be 0 or 1.
            const int Above = 2;
            int first = Copy(life, Above);
            int second = Copy(process, Above);
            chain.Add(LibCExports.dup2, first, 0);
            chain.Add(LibCExports.dup2, second, 1);
            chain.Add(LibCExports.syscall, LibC.SYS_close_range, Above, unchecked((nint)uint.MaxValue), 0);
            chain.Add(LibCExports.setsid);
            chain.Add(LibCExports.prctl, LibC.PR_SET_NAME, (nint)memory.Copy(Name));
            foreach ((nint start, nint length) in ForeignMemory.Find(memory.Range.Start, memory.Range.End))
            {
                chain.Add(LibCExports.munmap, start, length);
            }

            // A failed wait does not prove a death.
            nint errno = (nint)memory.Allocate(sizeof(long));
            nint own = (nint)LibC.__errno_location();
            chain.Add(LibCExports.memset, own, 0, sizeof(int));
            chain.Add(LibCExports.poll, (nint)files, 2, -1);
            chain.Add(LibCExports.memcpy, errno, own, sizeof(int));
            chain.Add(LibCExports.lfind, chain.Exit, errno, errno, 1, LibCExports.setcontext);

            // To a program that has ended a signal does nothing.
            chain.Add(LibCExports.syscall, LibC.SYS_pidfd_send_signal, 1, signal, 0, 0);
            chain.End();
            byte* stack = memory.AllocateStack(CloneStackSize);
            int id = LibC.clone(LibCExports.setcontext, stack + CloneStackSize, LibC.SIGCHLD | LibC.CLONE_PIDFD, chain.Start, self, null, null);
            int failure = Errno.Last;
            _ = LibC.close(first);
            _ = LibC.close(second);
            return id > 0 ? new ChildProcess(id, Descriptor.FromResult(*self)) : throw new LinuxException(failure, "clone", Name);
        }
    }

    private static int Copy(int number, int above)
    {
        int copy = LibC.fcntl(number, LibC.F_DUPFD_CLOEXEC, above);
        if (copy < 0)
        {
            LinuxException.ThrowLast("fcntl(F_DUPFD_CLOEXEC)");
        }

        return copy;
    }
}
