using System;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>
/// A file descriptor for one block of code (<c>using</c>): a struct, so that a scan of thousands costs no
/// allocation. Whatever outlives its block is a SafeHandle instead.
/// </summary>
internal readonly unsafe struct Descriptor : IDisposable
{
    private Descriptor(int number) => Number = number;

    /// <summary>The number, or -1 where the open failed and errno says why.</summary>
    internal int Number { get; }

    internal bool IsOpen => Number >= 0;

    /// <summary>No descriptor.</summary>
    internal static Descriptor None => new(-1);

    /// <summary>Takes over the result of a call that returns a new descriptor or -1.</summary>
    /// <exception cref="LinuxException">
    /// There are no descriptors left. That says nothing about the file, and must not pass for an answer.
    /// </exception>
    internal static Descriptor FromResult(long result, string call = "open")
    {
        if (result < 0 && Errno.Last is LibC.EMFILE or LibC.ENFILE)
        {
            LinuxException.ThrowLast(call);
        }

        return new((int)result);
    }

    /// <summary>Makes sure that so many descriptors can be opened.</summary>
    /// <exception cref="LinuxException">There are not so many left.</exception>
    internal static void Require(int count)
    {
        using Descriptor one = OpenAt(LibC.AT_FDCWD, "/\0"u8, LibC.O_PATH);
        if (count > 1)
        {
            Require(count - 1);
        }
    }

    /// <summary>openat(2) with O_CLOEXEC, retried on EINTR. <paramref name="path"/> ends in NUL.</summary>
    /// <exception cref="LinuxException">There are no descriptors left.</exception>
    internal static Descriptor OpenAt(int directory, ReadOnlySpan<byte> path, int flags, uint mode = 0)
    {
        fixed (byte* name = path)
        {
            int number;
            do
            {
                number = LibC.openat(directory, name, flags | LibC.O_CLOEXEC, mode);
            }
            while (number < 0 && Errno.Last == LibC.EINTR);

            return FromResult(number, "openat");
        }
    }

    /// <summary>Reads until the buffer is full or the file ends; -1 with errno where the first read fails.</summary>
    internal int Read(Span<byte> buffer)
    {
        int total = 0;
        fixed (byte* start = buffer)
        {
            while (total < buffer.Length)
            {
                nint got = LibC.read(Number, start + total, (nuint)(buffer.Length - total));
                if (got < 0 && Errno.Last == LibC.EINTR)
                {
                    continue;
                }

                if (got < 0)
                {
                    return total == 0 ? -1 : total;
                }

                if (got == 0)
                {
                    break;
                }

                total += (int)got;
            }
        }

        return total;
    }

    /// <summary>Reads once, what a file of /proc that is small gives whole; -1 with errno where that fails.</summary>
    internal int ReadOnce(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint got;
            do
            {
                got = LibC.read(Number, start, (nuint)buffer.Length);
            }
            while (got < 0 && Errno.Last == LibC.EINTR);

            return (int)got;
        }
    }

    /// <summary>Reads to the end of the file; what there was where a read fails.</summary>
    internal byte[] ReadAll()
    {
        _ = TryReadAll(out byte[] content);
        return content;
    }

    /// <summary>The same; false with errno where reading failed, and what had been read by then.</summary>
    internal bool TryReadAll(out byte[] content)
    {
        content = new byte[8192];
        int length = 0;
        int got;
        while ((got = Read(content.AsSpan(length))) > 0)
        {
            length += got;
            if (length == content.Length)
            {
                Array.Resize(ref content, content.Length * 2);
            }
        }

        content = content[..length];
        return got == 0;
    }

    public void Dispose()
    {
        if (Number >= 0)
        {
            _ = LibC.close(Number);
        }
    }
}
