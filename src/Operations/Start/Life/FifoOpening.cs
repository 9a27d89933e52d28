using System;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Start.Life;

/// <summary>
/// The open of a FIFO, which waits for somebody at its other end: on a thread, so that it can be given up. To give up, the caller opens the other end itself for
/// a moment; where the FIFO's mode forbids that, the thread is left to wait, and closes what it gets.
/// </summary>
internal sealed class FifoOpening
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _isOver = new();
    private readonly object _lock = new();
    private Descriptor _file = Descriptor.None;
    private int _errno;
    private bool _isGivenUp;

    private FifoOpening()
    {
    }

    /// <summary>Opens it; none with errno.</summary>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    internal static Descriptor Open(byte[] path, int flags, CancellationToken cancellation)
    {
        FifoOpening opening = new();
        BackgroundThread.Start(() => opening.Run(path, flags), 256 * 1024, "LinuxNamespaces opener");
        try
        {
            opening._isOver.Task.Wait(cancellation);
        }
        catch (OperationCanceledException)
        {
            opening.GiveUp(path);
            throw;
        }

        Marshal.SetLastPInvokeError(opening._errno);
        return opening._file;
    }

    private void Run(byte[] path, int flags)
    {
        Descriptor file = Descriptor.None;
        int errno = 0;
        try
        {
            file = Descriptor.OpenAt(LibC.AT_FDCWD, path, flags);
            errno = Errno.Last;
        }
        catch (LinuxException exception)
        {
            errno = exception.NativeErrorCode;
        }

        lock (_lock)
        {
            (_file, _errno) = (file, errno);
            _isOver.SetResult();
            if (_isGivenUp)
            {
                file.Dispose();
            }
        }
    }

    private void GiveUp(byte[] path)
    {
        lock (_lock)
        {
            _isGivenUp = true;
            _file.Dispose();
        }

        try
        {
            using Descriptor other = Descriptor.OpenAt(LibC.AT_FDCWD, path, LibC.O_RDWR | LibC.O_NONBLOCK);
            if (other.IsOpen)
            {
                // By now the name may be another's.
                _isOver.Task.Wait(s_patience);
            }
        }
        catch (LinuxException)
        {
            // No descriptor was left: the thread waits on.
        }
    }
}
