using System;
using System.Buffers;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using Microsoft.Win32.SafeHandles;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>Reads a program's output and errors side by side on one thread.</summary>
internal static unsafe class OutputPump
{
    private const int BlockSize = 64 * 1024;

    // Text on the error stream comes back a moment later; these are the number and the pause of the attempts to read it.
    private const int MostIdleRounds = 10;
    private const int IdleMilliseconds = 10;

    /// <summary>Takes what was read; nothing at the end.</summary>
    internal delegate void Taker(ReadOnlySpan<byte> block);

    /// <summary>Reads until both have ended, or somebody says stop: a program that has ended may have left others that keep them open.</summary>
    internal static void Run(SafeFileHandle output, Taker takeOutput, SafeFileHandle errors, Taker takeErrors, WakeUp stop, Action? idle = null)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            LibC.pollfd* files = stackalloc LibC.pollfd[3];
            files[0] = new LibC.pollfd { fd = (int)output.DangerousGetHandle(), events = LibC.POLLIN };
            files[1] = new LibC.pollfd { fd = (int)errors.DangerousGetHandle(), events = LibC.POLLIN };
            files[2] = new LibC.pollfd { fd = stop.Descriptor, events = LibC.POLLIN };
            int idleRounds = 0;
            while (files[0].fd >= 0 || files[1].fd >= 0)
            {
                int ready = LibC.poll(files, 3, idleRounds > 0 ? IdleMilliseconds : -1);
                if (ready < 0 && Errno.Last == LibC.EINTR)
                {
                    continue;
                }

                if (ready < 0)
                {
                    LinuxException.ThrowLast("poll");
                }

                if (idleRounds > 0)
                {
                    idleRounds--;
                    idle!();
                }

                if (files[1].revents != 0 && idle is not null)
                {
                    idleRounds = MostIdleRounds;
                }

                bool isOver = files[2].revents != 0;
                Read(ref files[0], buffer, takeOutput, isOver);
                Read(ref files[1], buffer, takeErrors, isOver);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Poll leaves out what has a negative number.
    private static void Read(ref LibC.pollfd file, byte[] buffer, Taker take, bool isOver)
    {
        if (file.fd < 0 || (file.revents == 0 && !isOver))
        {
            return;
        }

        nint got = 0;
        if (!isOver)
        {
            fixed (byte* start = buffer)
            {
                got = LibC.read(file.fd, start, BlockSize);
            }

            if (got < 0 && Errno.Last == LibC.EINTR)
            {
                return;
            }

            if (got < 0)
            {
                LinuxException.ThrowLast("read");
            }
        }

        file.fd = got > 0 ? file.fd : -1;
        take(buffer.AsSpan(0, (int)got));
    }
}
