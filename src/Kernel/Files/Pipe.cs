using System;
using LinuxNamespaces.Interop;
using Microsoft.Win32.SafeHandles;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>Both ends of a pipe, close-on-exec.</summary>
internal sealed class Pipe : IDisposable
{
    private Pipe(SafeFileHandle reading, SafeFileHandle writing)
    {
        Reading = reading;
        Writing = writing;
    }

    internal SafeFileHandle Reading { get; }

    internal SafeFileHandle Writing { get; }

    /// <summary>Hands the end to read from over to the caller, who closes it.</summary>
    internal SafeFileHandle TakeReading() => Take(Reading);

    /// <summary>Hands the end to write to over to the caller, who closes it.</summary>
    internal SafeFileHandle TakeWriting() => Take(Writing);

    /// <summary>Makes one.</summary>
    /// <param name="nonBlocking">A writer is not held up where nobody reads, nor a reader where nobody writes.</param>
    internal static unsafe Pipe Create(bool nonBlocking = false)
    {
        int* ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.O_CLOEXEC | (nonBlocking ? LibC.O_NONBLOCK : 0)) != 0)
        {
            LinuxException.ThrowLast("pipe2");
        }

        return new Pipe(new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    private static SafeFileHandle Take(SafeFileHandle handle)
    {
        SafeFileHandle own = new(handle.DangerousGetHandle(), ownsHandle: true);
        handle.SetHandleAsInvalid();
        return own;
    }

    public void Dispose()
    {
        Reading.Dispose();
        Writing.Dispose();
    }
}
