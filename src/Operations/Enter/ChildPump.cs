using System;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Life;
using Microsoft.Win32.SafeHandles;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>
/// Reads the output and the errors of a child on one thread for as long as the child runs. The end of its pipes is not the end of the child, and
/// the other way round: others may have inherited the pipes.
/// </summary>
internal static unsafe class ChildPump
{
    private const int BlockSize = 64 * 1024;

    // A child that writes line by line wakes its reader as often. In a long row of short blocks the reader lets some come together for a millisecond.
    private const int ShortBlock = 16 * 1024;
    private const int LongRow = 32;

    // The last output of the child is in the pipes when it exits; this time is for output of its own children.
    private const int DrainMilliseconds = 300;

    /// <summary>
    /// Reads until the output has ended, the child has exited or somebody says stop. The number of turns changes whenever the session writes to the child: then
    /// each answer counts, and is taken at once.
    /// </summary>
    internal static void Run(ChildProcess child, SafeFileHandle output, OutputPump.Taker takeOutput, SafeFileHandle errors, OutputPump.Taker takeErrors, WakeUp stop, Func<int> countTurns)
    {
        byte[] buffer = new byte[BlockSize];
        LibC.pollfd* files = stackalloc LibC.pollfd[4];
        files[0] = new LibC.pollfd { fd = (int)output.DangerousGetHandle(), events = LibC.POLLIN };
        files[1] = new LibC.pollfd { fd = (int)errors.DangerousGetHandle(), events = LibC.POLLIN };
        files[2] = new LibC.pollfd { fd = child.PollDescriptor, events = LibC.POLLIN };
        files[3] = new LibC.pollfd { fd = stop.Descriptor, events = LibC.POLLIN };
        long deadline = long.MaxValue;
        int row = 0;
        int lastTurn = countTurns();
        while (files[0].fd >= 0)
        {
            int timeout = deadline == long.MaxValue ? -1 : (int)Math.Max(deadline - Environment.TickCount64, 0);
            int ready = LibC.poll(files, 4, timeout);
            if (ready < 0 && Errno.Last == LibC.EINTR)
            {
                continue;
            }

            if (ready <= 0 || files[3].revents != 0)
            {
                return;
            }

            if (files[2].revents != 0)
            {
                // Ready for ever from now on.
                files[2].fd = -1;
                files[2].revents = 0;
                deadline = Environment.TickCount64 + DrainMilliseconds;
            }

            if (files[0].revents != 0)
            {
                row = countTurns() == lastTurn ? row + 1 : 0;
                lastTurn = countTurns();
                if (row > LongRow)
                {
                    Thread.Sleep(1);
                }
            }

            if (Read(ref files[0], buffer, takeOutput) >= ShortBlock)
            {
                row = 0;
            }

            Read(ref files[1], buffer, takeErrors);
        }

        // Its last words may come after the end of its output.
        files[1].revents = LibC.POLLIN;
        while (files[1].fd >= 0 && LibC.poll(files + 1, 1, DrainMilliseconds) > 0)
        {
            Read(ref files[1], buffer, takeErrors);
        }
    }

    private static int Read(ref LibC.pollfd file, byte[] buffer, OutputPump.Taker take)
    {
        if (file.fd < 0 || file.revents == 0)
        {
            return 0;
        }

        nint got;
        fixed (byte* start = buffer)
        {
            got = LibC.read(file.fd, start, BlockSize);
        }

        if (got < 0 && Errno.Last == LibC.EINTR)
        {
            return 0;
        }

        file.fd = got > 0 ? file.fd : -1;
        take(buffer.AsSpan(0, (int)Math.Max(got, 0)));
        return (int)got;
    }
}
