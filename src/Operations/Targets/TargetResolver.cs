using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Operations.Targets;

/// <summary>Opens what a <see cref="NamespaceTarget"/> means.</summary>
internal sealed class TargetResolver(NamespaceTypeSet types, CancellationToken cancellation)
{
    // Each may end while it is looked at.
    private const int MaxThreads = 16;

    internal ResolvedTarget Resolve(object value) => value switch
    {
        int processId => OpenProcess(processId, null, null),
        ProcessIdentity process => OpenProcess(process, null),
        NamespaceInfo ns => OpenNamespace(ns),
        string text => OpenText(text),
        _ => throw new ArgumentException("A target is a process, a namespace or text.", nameof(value)),
    };

    private ResolvedTarget OpenText(string text)
    {
        if (text.Contains('/'))
        {
            return OpenPath(text);
        }

        if (TryParseNamespace(text, out NamespaceType type, out ulong inode))
        {
            return OpenNamespace(new NamespaceInfo { Type = type, Inode = inode });
        }

        if (TryParseId(text, out ulong id))
        {
            return OpenId(id);
        }

        if (TryParseProcess(text, out int processId, out ulong processInode))
        {
            return OpenExactly(processId, processInode);
        }

        if (!text.Contains(':') && FileStatus.TryGet(LibC.AT_FDCWD, System.Text.Encoding.UTF8.GetBytes($"{NetNamespacePath.Of(text)}\0"), out _))
        {
            return OpenPath(NetNamespacePath.Of(text));
        }

        return OpenContainer(text);
    }

    // The kernel's own id, which is never used twice.
    private ResolvedTarget OpenId(ulong id)
    {
        if (NamespaceHandle.TryOpenById(id) is NamespaceHandle handle)
        {
            if (handle.TryGetType(out NamespaceType type))
            {
                return Single(string.Create(CultureInfo.InvariantCulture, $"{type.KernelName()}:[{handle.Inode}]"), type, handle);
            }

            handle.Dispose();
        }

        InventoryOptions everywhere = new() { Sources = NamespaceSource.All, OtherMounts = true };
        return NamespaceInventory.Read(everywhere, cancellation).Namespaces.FirstOrDefault(ns => ns.NamespaceId == id) is NamespaceInfo found
            ? OpenNamespace(found)
            : throw new NamespaceException(
                ErrorIds.TargetNotFound, string.Create(CultureInfo.InvariantCulture, $"There is no namespace with the id {id}."), "Take the property NamespaceId of a namespace from Get-Namespace (Linux 6.18).");
    }

    // As nsenter --target PID:INODE: the inode of a pidfd distinguishes a process from later ones with its number.
    private ResolvedTarget OpenExactly(int processId, ulong inode)
    {
        ResolvedTarget target = OpenProcess(processId, null, null);
        if (FileStatus.TryGet(target.Process!.PidDescriptor, out FileStatus status) && status.Inode == inode)
        {
            return target;
        }

        target.Dispose();
        throw new NamespaceException(
            ErrorIds.ProcessRecycled,
            string.Create(CultureInfo.InvariantCulture, $"The process {processId} is not the one whose pidfd has the inode {inode}."),
            "Look for the process again; before Linux 6.9 all pidfds have one inode.");
    }

    private ResolvedTarget OpenProcess(ProcessIdentity identity, string? label)
    {
        if (identity.StartTicks is null)
        {
            // It was gone already when it was first looked at; or there was no /proc, which is said.
            ProcFileSystem.Open().Dispose();
            throw MissingProcess.Describe(identity.ProcessId);
        }

        return OpenProcess(identity.ProcessId, identity.StartTicks, label);
    }

    private ResolvedTarget OpenProcess(int processId, ulong? startTicks, string? label)
    {
        ProcessHandle? process = ProcessHandle.TryOpen(processId);
        if (process is null)
        {
            int errno = Errno.Last;
            ProcFileSystem.Open().Dispose();
            throw Errno.IsGone(errno) ? MissingProcess.Describe(processId) : Hidden(processId, errno);
        }

        ResolvedTarget target = new(label, process);
        try
        {
            if (startTicks is not null && process.StartTicks is ulong found && found != startTicks)
            {
                throw new NamespaceException(
                    ErrorIds.ProcessRecycled,
                    $"The process {processId} that was meant has ended; another one has its number now.",
                    "Look for the process again.");
            }

            OpenNamespaces(target, process);
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    // All of one thread: the main one, or one that lives where that has ended before the others.
    private void OpenNamespaces(ResolvedTarget target, ProcessHandle process)
    {
        bool isFound = !process.HasLostMainThread || process.TryTakeLivingThread();
        for (int attempt = 0; !isFound || !TryOpenNamespaces(target, process); attempt++)
        {
            isFound = isFound && attempt < MaxThreads && process.TryTakeLivingThread();
            if (!isFound)
            {
                throw new NamespaceException(
                    ErrorIds.ProcessNotFound,
                    $"Process {process.ProcessId} has ended{(process.Exists ? ": it is a zombie, whose parent has not waited for it" : string.Empty)}.",
                    "Name a process that lives: Get-NamespaceProcess lists those of a namespace.");
            }
        }
    }

    // False where a type is missing that this kernel has: then the thread has ended. Nothing goes on with a part of what was wanted.
    private bool TryOpenNamespaces(ResolvedTarget target, ProcessHandle process)
    {
        if (types == default)
        {
            throw new NamespaceException(ErrorIds.InvalidRequest, "No type of namespace was given.", "Name the types that are meant, or leave the parameter out.");
        }

        for (int i = 0; i < NamespaceTypes.Count; i++)
        {
            if (!types.Contains((NamespaceType)i))
            {
                continue;
            }

            ReadOnlySpan<byte> link = NamespaceLink.PathOf((NamespaceType)i);
            if (process.OpenNamespace(link) is NamespaceHandle handle)
            {
                target.Add((NamespaceType)i, handle);
                continue;
            }

            int errno = Errno.Last;
            if (errno == LibC.ESRCH || (errno == LibC.ENOENT && HasType(link)))
            {
                return false;
            }

            if (errno != LibC.ENOENT)
            {
                throw Hidden(process.ProcessId, errno);
            }
        }

        return true;
    }

    private static bool HasType(ReadOnlySpan<byte> link)
    {
        using ProcessDirectory own = ProcessDirectory.OpenOwnThread();
        return own.ReadNamespaceInode(link) != 0;
    }

    private static ResolvedTarget OpenPath(string path)
    {
        NamespaceHandle handle;
        try
        {
            handle = NamespaceFile.Open(path);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode is LibC.ENOENT or LibC.ENOTDIR)
        {
            throw NetNamespacePath.NameOf(path) is string name
                ? new NamespaceException(ErrorIds.TargetNotFound, $"There is no net namespace named '{SafeText.Escape(name)}'.", "Get-NetNamespace lists those there are.", exception)
                : new NamespaceException(ErrorIds.TargetNotFound, $"There is no file '{SafeText.Escape(path)}'.", NamespaceFile.FileRemedy, exception);
        }

        if (handle.TryGetType(out NamespaceType type))
        {
            return Single(SafeText.Escape(path), type, handle);
        }

        handle.Dispose();
        throw new NamespaceException(ErrorIds.NotANamespace, $"The type of the namespace '{SafeText.Escape(path)}' could not be read: the kernel does not report it.");
    }

    private ResolvedTarget OpenNamespace(NamespaceInfo ns)
    {
        using NamespaceFinder finder = new(cancellation);
        return Single(ns.ToString(), ns.Type, finder.Open(ns));
    }

    private ResolvedTarget OpenContainer(string text)
    {
        ContainerProcess[] found = ContainerFinder.Find(text, cancellation);
        return found switch
        {
            [ContainerProcess one] => OpenProcess(one.Process, $"container {one.Container}"),
            [] => throw new NamespaceException(
                ErrorIds.TargetNotFound,
                $"'{SafeText.Escape(text)}' is neither a net namespace in {NetNamespacePath.Directory}/ nor a running container.",
                "Give a PID, a name, a path, a container's name or the beginning of its id, or a namespace from Get-Namespace."),
            _ => throw new NamespaceException(
                ErrorIds.TargetAmbiguous,
                $"'{SafeText.Escape(text)}' is the name, or the beginning of the id, of several containers: {string.Join(", ", found.Select(each => each.Container.ToString()).Order(StringComparer.Ordinal))}.",
                "Give more of the id, say whose name it is: docker:NAME, or give a PID."),
        };
    }

    private static ResolvedTarget Single(string label, NamespaceType type, NamespaceHandle handle)
    {
        ResolvedTarget target = new(label, null);
        target.Add(type, handle);
        return target;
    }

    private static bool TryParseNamespace(string text, out NamespaceType type, out ulong inode)
    {
        int colon = text.IndexOf(":[", StringComparison.Ordinal);
        type = default;
        inode = 0;
        return colon > 0 && text.EndsWith(']')
            && NamespaceTypes.TryFromKernelName(text.AsSpan(0, colon), out type)
            && ulong.TryParse(text.AsSpan(colon + 2, text.Length - colon - 3), NumberStyles.None, CultureInfo.InvariantCulture, out inode);
    }

    private static bool TryParseId(string text, out ulong id)
    {
        id = 0;
        return text.StartsWith(':') && ulong.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }

    private static bool TryParseProcess(string text, out int processId, out ulong inode)
    {
        int colon = text.IndexOf(':');
        processId = 0;
        inode = 0;
        return colon > 0 && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out processId)
            && ulong.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out inode);
    }

    private static NamespaceException Hidden(int processId, int errno) => new(
        ErrorIds.ProcessHidden,
        $"The namespaces of process {processId} may not be opened.",
        "Run as root, or as the user of that process.",
        new LinuxException(errno, "open", $"/proc/{processId}/ns"));
}
