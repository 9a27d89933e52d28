using System;
using System.IO;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;
using Microsoft.Win32.SafeHandles;

namespace LinuxNamespaces.Operations;

/// <summary>Reads from a pipe until it ends or somebody says stop: a program that has ended may have left others that keep it open.</summary>
internal sealed unsafe class PipeReader(SafeFileHandle pipe, WakeUp stop) : Stream
{
    private readonly SafeFileHandle _pipe = pipe;
    private readonly WakeUp _stop = stop;

    /// <summary>What is there, at least one byte; 0 at the end, or where reading was stopped.</summary>
    public override int Read(Span<byte> buffer)
    {
        int descriptor = (int)_pipe.DangerousGetHandle();
        LibC.pollfd* files = stackalloc LibC.pollfd[2];
        while (true)
        {
            files[0] = new LibC.pollfd { fd = descriptor, events = LibC.POLLIN };
            files[1] = new LibC.pollfd { fd = _stop.Descriptor, events = LibC.POLLIN };
            int ready = LibC.poll(files, 2, -1);
            if (ready < 0 && Errno.Last == LibC.EINTR)
            {
                continue;
            }

            if (ready < 0 || files[1].revents != 0)
            {
                return 0;
            }

            fixed (byte* start = buffer)
            {
                nint got = LibC.read(descriptor, start, (nuint)buffer.Length);
                if (got >= 0 || Errno.Last != LibC.EINTR)
                {
                    return (int)Math.Max(got, 0);
                }
            }
        }
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
