using System.Globalization;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Look;

/// <summary>An open namespace of any type, what to call it, and a process in it where one is needed.</summary>
internal sealed class LookTarget : INamespacePlace
{
    private const string HostName = "host";

    private readonly int? _hint;
    private ProcessHandle? _process;
    private string? _name;

    /// <param name="type">The namespace.</param>
    /// <param name="handle">Passes to this object.</param>
    /// <param name="process">A process in it, which passes to this object; null where none is known.</param>
    /// <param name="name">The name; null to look it up.</param>
    /// <param name="hint">The number of a process that was in it; null where none is known.</param>
    internal LookTarget(NamespaceType type, NamespaceHandle handle, ProcessHandle? process, string? name, int? hint)
    {
        Type = type;
        Handle = handle;
        _process = process;
        _name = name;
        _hint = hint;
    }

    /// <summary>Opens a namespace that was seen; null where it is out of reach, or has been removed.</summary>
    internal static LookTarget? TryOpen(NamespaceInfo info, string name) =>
        NamespaceFinder.TryOpenSeen(info) is NamespaceHandle handle ? new LookTarget(info.Type, handle, null, name, info.ProcessId) : null;

    internal NamespaceType Type { get; }

    internal NamespaceHandle Handle { get; }

    public ulong Inode => Handle.Inode;

    public string Name => _name ??= FindName();

    /// <summary>Whether the calling thread is in it.</summary>
    internal bool IsOwn
    {
        get
        {
            using ProcessDirectory own = ProcessDirectory.OpenOwnThread();
            return own.ReadNamespaceInode(NamespaceLink.PathOf(Type)) == Inode;
        }
    }

    /// <summary>A process that is in it, held; null where there is none, or none that may be seen. Belongs to this object.</summary>
    /// <exception cref="NamespaceException">ProcNotMounted.</exception>
    internal ProcessHandle? FindProcess()
    {
        if (_process is not null && IsIn(_process))
        {
            return _process;
        }

        if (_hint is int hint && TryTake(hint))
        {
            return _process;
        }

        using ProcFileSystem proc = ProcFileSystem.Open();
        foreach (int processId in proc.ReadProcessIds())
        {
            if (proc.ReadNamespaceInode(processId, NamespaceLink.PathOf(Type)) == Inode && TryTake(processId))
            {
                return _process;
            }
        }

        return null;
    }

    /// <summary>Holds the process that was named, if it is still there, so that its container gives the name.</summary>
    internal LookTarget WithProcess()
    {
        if (_hint is int hint)
        {
            _ = TryTake(hint);
        }

        return this;
    }

    public void Dispose()
    {
        _process?.Dispose();
        Handle.Dispose();
    }

    private bool TryTake(int processId)
    {
        ProcessHandle? process = ProcessHandle.TryOpen(processId);
        if (process is null || !IsIn(process))
        {
            process?.Dispose();
            return false;
        }

        _process?.Dispose();
        _process = process;
        return true;
    }

    private bool IsIn(ProcessHandle process) => process.View().ReadNamespaceInode(NamespaceLink.PathOf(Type)) == Inode;

    private string FindName()
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        CurrentNamespaces current = new(proc);
        if (current.IsInitial(Type, Inode))
        {
            return HostName;
        }

        // Only what is known to be in it: no search of the machine for a name.
        string? container = _process is not null && IsIn(_process) ? new ContainerDetector(proc, current).Find(_process.View())?.ToString() : null;
        return container ?? string.Create(CultureInfo.InvariantCulture, $"{Type.KernelName()}:[{Inode}]");
    }

    /// <summary>The name that an inventory gives it.</summary>
    internal static string NameOf(NamespaceInfo info) => info.IsInitial ? HostName : info.Name ?? info.Container ?? info.ToString();
}
