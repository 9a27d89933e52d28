using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;

namespace LinuxNamespaces.Operations.Start;

/// <summary>The session's descriptors a child works with, for the time of one start. All are close-on-exec and above 2.</summary>
internal sealed class SpawnDescriptors : IDisposable
{
    private const int FirstPassed = 3;
    private const uint NewFileMode = 0x1B6; // rw for all, less the umask

    private readonly int[] _numbers;
    private readonly CancellationToken _cancellation;

    // The session's end of the pipe the child reports on.
    private int _reports = -1;

    // Takes back the files that were made for the start.
    private readonly UndoStack _undo;

    // All are above those the program gets, which are filled last and one after the other.
    private readonly int _lowest;

    private SpawnDescriptors(int passed, UndoStack undo, CancellationToken cancellation)
    {
        _undo = undo;
        _cancellation = cancellation;
        _lowest = FirstPassed + passed;
        _numbers = new int[(int)SpawnDescriptor.Passed + passed];
        Array.Fill(_numbers, -1);
    }

    /// <summary>The numbers, by <see cref="SpawnDescriptor"/>.</summary>
    internal IReadOnlyList<int> Numbers => _numbers;

    internal int this[SpawnDescriptor which] => _numbers[(int)which];

    /// <summary>The session's end of the pipe the child reports on.</summary>
    internal int Reports => _reports;

    /// <summary>Opens all a plan needs, the files to be redirected to included.</summary>
    internal static SpawnDescriptors Open(SpawnPlan plan, UndoStack undo, CancellationToken cancellation)
    {
        SpawnDescriptors descriptors = new(Math.Max(plan.Request.Descriptors.Count - FirstPassed, 0), undo, cancellation);
        try
        {
            descriptors.OpenAll(plan);
            return descriptors;
        }
        catch
        {
            descriptors.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        for (int i = 0; i < _numbers.Length; i++)
        {
            // Output and errors may go to one file.
            if (_numbers[i] >= 0 && !(i == (int)SpawnDescriptor.StandardError && _numbers[i] == this[SpawnDescriptor.StandardOutput]))
            {
                _ = LibC.close(_numbers[i]);
            }
        }

        if (_reports >= 0)
        {
            _ = LibC.close(_reports);
        }

        Array.Fill(_numbers, -1);
        _reports = -1;
    }

    private void OpenAll(SpawnPlan plan)
    {
        SpawnRequest request = plan.Request;
        if (plan.SharesDescriptors)
        {
            return;
        }

        Descriptor proc = ThreadNamespaces.OpenProc();
        Set(SpawnDescriptor.Proc, proc.IsOpen ? AboveStandard(proc.Number, "/proc") : OpenFile("/proc", LibC.O_PATH));
        for (int i = 0; i < request.Descriptors.Count; i++)
        {
            if (request.Descriptors[i] is SafeHandle handle)
            {
                Set(i < FirstPassed ? SpawnDescriptor.StandardInput + i : SpawnDescriptor.Passed + i - FirstPassed, Duplicate((int)handle.DangerousGetHandle()));
            }
        }

        if (this[SpawnDescriptor.StandardInput] < 0)
        {
            Set(SpawnDescriptor.StandardInput, request.StandardInput is null ? Duplicate(0) : OpenStream(request.StandardInput, LibC.O_RDONLY));
        }

        // Files that are written to are emptied at the start: not for a program that is not there.
        if ((request.StandardOutput ?? request.StandardError) is not null && StartParts.ForecastProgram(plan) is NamespaceException missing)
        {
            throw missing;
        }

        if (request.StandardOutput is not null)
        {
            Set(SpawnDescriptor.StandardOutput, OpenStream(request.StandardOutput, LibC.O_WRONLY | LibC.O_CREAT));
        }

        if (request.StandardError is not null)
        {
            Set(SpawnDescriptor.StandardError, request.StandardError == request.StandardOutput
                ? this[SpawnDescriptor.StandardOutput]
                : OpenStream(request.StandardError, LibC.O_WRONLY | LibC.O_CREAT));
            ShareOutput();
        }

        if (plan.FreesStandardStreams)
        {
            Keep(SpawnDescriptor.StandardOutput, 1);
            Keep(SpawnDescriptor.StandardError, 2);
        }

        if (plan.HasGates)
        {
            (_reports, int reached) = OpenPipe();
            Set(SpawnDescriptor.GateReached, reached);
            (int opened, int opener) = OpenPipe();
            Set(SpawnDescriptor.GateOpened, opened);
            Set(SpawnDescriptor.GateOpener, opener);
        }
    }

    private void Keep(SpawnDescriptor which, int number)
    {
        if (this[which] < 0)
        {
            Set(which, Duplicate(number));
        }
    }

    private void Set(SpawnDescriptor which, int number) => _numbers[(int)which] = number;

    // A session without a standard input gives its children an empty one.
    private int Duplicate(int number)
    {
        int copy = LibC.fcntl(number, LibC.F_DUPFD_CLOEXEC, _lowest);
        return copy >= 0 ? copy : OpenFile("/dev/null", LibC.O_RDONLY);
    }

    // By whatever paths it was named: with two offsets each stream would overwrite the other.
    private void ShareOutput()
    {
        int output = this[SpawnDescriptor.StandardOutput];
        int error = this[SpawnDescriptor.StandardError];
        if (output >= 0 && output != error && FileStatus.TryGet(output, out FileStatus first) && FileStatus.TryGet(error, out FileStatus second)
            && first.IsOf(second))
        {
            _ = LibC.close(error);
            Set(SpawnDescriptor.StandardError, output);
        }
    }

    private int OpenStream(string path, int flags)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        Descriptor file = Descriptor.None;
        if ((flags & LibC.O_CREAT) != 0)
        {
            // To know whether it is new.
            file = Descriptor.OpenAt(LibC.AT_FDCWD, name, flags | LibC.O_EXCL, NewFileMode);
            if (file.IsOpen)
            {
                _undo.Push(() => Remove(name));
            }
        }

        if (!file.IsOpen)
        {
            file = FileStatus.TryGet(LibC.AT_FDCWD, name, out FileStatus status) && status.IsFifo
                ? FifoOpening.Open(name, flags, _cancellation)
                : Descriptor.OpenAt(LibC.AT_FDCWD, name, flags, NewFileMode);
        }

        return file.IsOpen
            ? AboveStandard(file.Number, path)
            : throw StreamsPart.Refused(new LinuxException(Errno.Last, "open", SafeText.Escape(path)));
    }

    private int OpenFile(string path, int flags)
    {
        Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), flags);
        if (!file.IsOpen)
        {
            LinuxException.ThrowLast("open", path);
        }

        return AboveStandard(file.Number, path);
    }

    // A number the program gets, free where the session runs without it, would be overwritten on the way.
    private int AboveStandard(int number, string path)
    {
        if (number >= _lowest)
        {
            return number;
        }

        int higher = LibC.fcntl(number, LibC.F_DUPFD_CLOEXEC, _lowest);
        int errno = Errno.Last;
        _ = LibC.close(number);
        return higher >= 0 ? higher : throw new LinuxException(errno, "fcntl", path);
    }

    private unsafe (int Read, int Write) OpenPipe()
    {
        int* ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.O_CLOEXEC) != 0)
        {
            LinuxException.ThrowLast("pipe2");
        }

        return (AboveStandard(ends[0], "pipe"), AboveStandard(ends[1], "pipe"));
    }

    private static unsafe void Remove(byte[] path)
    {
        fixed (byte* name = path)
        {
            _ = LibC.unlink(name);
        }
    }
}
