using System;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using Microsoft.Win32.SafeHandles;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>Writes to a pipe until nobody reads it or somebody says stop: what keeps a pipe open need not read it.</summary>
internal static unsafe class PipeWriter
{
    // PIPE_BUF: that much never blocks where poll(2) says that there is room.
    private const int BlockSize = 4096;

    /// <summary>Writes all of it.</summary>
    /// <returns>False where no more is wanted.</returns>
    internal static bool TryWrite(SafeFileHandle pipe, WakeUp stop, ReadOnlySpan<byte> bytes)
    {
        int descriptor = (int)pipe.DangerousGetHandle();
        LibC.pollfd* files = stackalloc LibC.pollfd[2];
        while (!bytes.IsEmpty)
        {
            files[0] = new LibC.pollfd { fd = descriptor, events = LibC.POLLOUT };
            files[1] = new LibC.pollfd { fd = stop.Descriptor, events = LibC.POLLIN };
            int ready = LibC.poll(files, 2, -1);
            if (ready < 0 && Errno.Last == LibC.EINTR)
            {
                continue;
            }

            if (ready < 0 || files[1].revents != 0)
            {
                return false;
            }

            fixed (byte* start = bytes)
            {
                nint written = LibC.write(descriptor, start, (nuint)Math.Min(bytes.Length, BlockSize));
                if (written < 0 && Errno.Last != LibC.EINTR)
                {
                    return false;
                }

                bytes = bytes[(int)Math.Max(written, 0)..];
            }
        }

        return true;
    }
}
