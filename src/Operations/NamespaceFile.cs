using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>Opens namespaces by path.</summary>
internal static class NamespaceFile
{
    /// <summary>Opens a /proc/PID/ns file or a bind mount of one.</summary>
    /// <exception cref="NamespaceException">NotANamespace: the file is something else.</exception>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    internal static NamespaceHandle Open(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');

        // Looked at before it is opened: opening a device or a FIFO may have effects of its own.
        if (!FileStatus.TryGet(LibC.AT_FDCWD, name, out FileStatus status))
        {
            LinuxException.ThrowLast("stat", SafeText.Escape(path));
        }

        NamespaceHandle? handle = null;
        if (status.Device == NsfsDevice.Value)
        {
            handle = NamespaceHandle.TryOpen(LibC.AT_FDCWD, name);
            if (handle is null && Errno.Last != LibC.EINVAL)
            {
                LinuxException.ThrowLast("open", SafeText.Escape(path));
            }
        }

        return handle ?? throw new NamespaceException(
            "NotANamespace",
            $"'{SafeText.Escape(path)}' is not a namespace file.",
            "Give a file of /proc/PID/ns, or a path where such a file is bind-mounted (Get-Namespace -Source Mount lists them).");
    }

    /// <summary>Opens a namespace of a process.</summary>
    /// <exception cref="NamespaceException">ProcessNotFound or ProcessHidden.</exception>
    /// <exception cref="LinuxException">There is no usable /proc.</exception>
    internal static NamespaceHandle OpenOf(int processId, NamespaceType type)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        NamespaceHandle? handle = null;
        if (ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
        {
            using (process)
            {
                handle = process.OpenNamespace(NamespaceLink.PathOf(type));
            }
        }

        if (handle is not null)
        {
            return handle;
        }

        LinuxException inner = new(Errno.Last, "open", $"/proc/{processId}/ns/{type.KernelName()}");
        throw Errno.IsGone(inner.NativeErrorCode)
            ? new NamespaceException("ProcessNotFound", $"There is no process {processId}.", null, inner)
            : new NamespaceException(
                "ProcessHidden",
                $"The {type.KernelName()} namespace of process {processId} may not be opened.",
                "Run as root, or as the user of that process.",
                inner);
    }
}
