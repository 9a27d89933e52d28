using System;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>pidfd calls: a process by descriptor instead of a number that may be used again.</summary>
internal static class PidDescriptor
{
    private static bool s_areSupported;

    /// <summary>Whether there are any (pidfd_open(2), Linux 5.3; clone(2) gives them from 5.2 on).</summary>
    internal static bool AreSupported => !OlderKernel.Lacks(KernelFeature.PidDescriptors) && (s_areSupported || (s_areSupported = TryOpen()));

    /// <summary>pidfd_open(2), Linux 5.3. The kernel sets close-on-exec itself.</summary>
    internal static Descriptor Open(int processId) =>
        Descriptor.FromResult(LibC.syscall(LibC.SYS_pidfd_open, processId, 0, 0));

    /// <summary>
    /// pidfd_getfd(2), Linux 5.6: a duplicate of a descriptor of the process, close-on-exec. Needs
    /// PTRACE_MODE_ATTACH_REALCREDS.
    /// </summary>
    internal static Descriptor Duplicate(Descriptor process, int number) =>
        Descriptor.FromResult(LibC.syscall(LibC.SYS_pidfd_getfd, process.Number, number, 0));

    /// <summary>The number of the process as /proc counts (fdinfo, Linux 5.4).</summary>
    /// <exception cref="LinuxException">It has gone, or /proc shows another pid namespace.</exception>
    internal static int ReadProcessId(int number)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{number}");
        using Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.ASCII.GetBytes(path + '\0'), LibC.O_RDONLY);
        Span<byte> text = stackalloc byte[512];
        int length = file.IsOpen ? file.Read(text) : -1;
        if (length < 0)
        {
            LinuxException.ThrowLast("open", path);
        }

        // The line of the PID is -1 for one that has gone, and 0 for one that cannot be seen.
        ReadOnlySpan<byte> label = "\nPid:\t"u8;
        int start = text[..length].IndexOf(label);
        return start >= 0 && Utf8Parser.TryParse(text[(start + label.Length)..length], out int id, out _) && id > 0
            ? id
            : throw new LinuxException(LibC.ESRCH, "read", path);
    }

    /// <summary>
    /// Reads the wait status of a process that another process has waited for (PIDFD_GET_INFO with PIDFD_INFO_EXIT, Linux 6.15); false
    /// where the kernel does not report it. Not for a running process: it would be waited for.
    /// </summary>
    internal static unsafe bool TryReadExit(Descriptor process, out int status)
    {
        LibC.pidfd_info info = new() { mask = LibC.PIDFD_INFO_EXIT };
        int result = LibC.ioctl(process.Number, LibC.PIDFD_GET_INFO, &info);
        if (result == 0 && (info.mask & LibC.PIDFD_INFO_EXIT) == 0)
        {
            // Dead, but still on its way out, in the course of which this is written down. It has gone at POLLHUP, which is always polled for.
            LibC.pollfd file = new() { fd = process.Number };
            while (LibC.poll(&file, 1, -1) < 0 && Errno.Last == LibC.EINTR)
            {
            }

            info.mask = LibC.PIDFD_INFO_EXIT;
            result = LibC.ioctl(process.Number, LibC.PIDFD_GET_INFO, &info);
        }

        status = info.exit_code;
        return result == 0 && (info.mask & LibC.PIDFD_INFO_EXIT) != 0;
    }

    private static bool TryOpen()
    {
        int self = (int)LibC.syscall(LibC.SYS_pidfd_open, Environment.ProcessId, 0, 0);
        bool isMissing = self < 0 && Errno.Last == LibC.ENOSYS;
        if (self >= 0)
        {
            _ = LibC.close(self);
        }

        return !isMissing;
    }
}
