using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Operations.Targets;

/// <summary>Opens namespaces by path.</summary>
internal static class NamespaceFile
{
    /// <summary>The remedy where a path leads to no namespace.</summary>
    internal const string FileRemedy = "Give a file of /proc/PID/ns, or a path where such a file is bind-mounted (Get-Namespace -Source Mount lists them).";

    /// <summary>Opens a /proc/PID/ns file or a bind mount of one.</summary>
    /// <exception cref="NamespaceException">NotANamespace: the file is something else. ProcNotMounted.</exception>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    internal static NamespaceHandle Open(string path)
    {
        // A NUL would end the path early, and what lies there be taken for what was meant.
        NamespaceHandle? handle = null;
        try
        {
            handle = path.Contains('\0') ? null : NamespaceHandle.TryOpenAny(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'));
            if (handle is null && !path.Contains('\0') && Errno.Last != LibC.EINVAL)
            {
                LinuxException.ThrowLast("open", SafeText.Escape(path));
            }
        }
        catch (LinuxException)
        {
            // A file is known for a namespace by what lies in /proc, so without /proc a file that is there seems to be missing.
            ProcFileSystem.Open().Dispose();
            throw;
        }

        return handle ?? throw new NamespaceException(
            ErrorIds.NotANamespace,
            $"'{SafeText.Escape(path)}' is not a namespace file.",
            FileRemedy);
    }

    /// <summary>Opens the file that a user has named.</summary>
    /// <exception cref="NamespaceException">NotANamespace, ProcNotMounted, or PathNotFound: there is no such file.</exception>
    /// <exception cref="LinuxException">The file cannot be opened.</exception>
    internal static NamespaceHandle OpenNamed(string path)
    {
        try
        {
            return Open(path);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode is LibC.ENOENT or LibC.ENOTDIR)
        {
            throw new NamespaceException(ErrorIds.PathNotFound, $"There is no file '{SafeText.Escape(path)}'.", FileRemedy, exception);
        }
    }

    /// <summary>Opens a namespace of a process.</summary>
    /// <exception cref="NamespaceException">ProcessNotFound or ProcessHidden.</exception>
    /// <exception cref="LinuxException">There is no usable /proc.</exception>
    internal static NamespaceHandle OpenOf(int processId, NamespaceType type)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        NamespaceHandle? handle = null;
        int errno;
        if (ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
        {
            using (process)
            {
                handle = process.OpenNamespace(NamespaceLink.PathOf(type));

                // Closing the directory leaves an errno of its own.
                errno = Errno.Last;
            }
        }
        else
        {
            errno = Errno.Last;
        }

        if (handle is not null)
        {
            return handle;
        }

        LinuxException inner = new(errno, "open", $"/proc/{processId}/ns/{type.KernelName()}");
        throw Errno.IsGone(inner.NativeErrorCode)
            ? MissingProcess.Describe(processId, inner)
            : new NamespaceException(
                ErrorIds.ProcessHidden,
                $"The {type.KernelName()} namespace of process {processId} may not be opened.",
                "Run as root, or as the user of that process.",
                inner);
    }
}
