using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the processes that are in namespaces, or everything that keeps the namespaces alive.</summary>
[Cmdlet(VerbsCommon.Get, "NamespaceProcess", DefaultParameterSetName = InputSet)]
[OutputType(typeof(NamespaceProcess), typeof(NamespaceHolder))]
public sealed class GetNamespaceProcessCommand : NamespaceCmdlet
{
    private const string InputSet = "InputObject";
    private const string InodeSet = "Inode";

    private LateProgress? _progress;

    // By inode, with the id where it is known.
    private readonly Dictionary<ulong, ulong?> _wanted = [];

    /// <summary>
    /// Specifies namespaces by objects, paths or names of net namespaces, or processes and containers that are in them. Wildcards are understood in names.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputSet)]
    [NamespaceTargetTransform]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget[] InputObject { get; set; } = [];

    /// <summary>Specifies which namespaces of a process or container are meant. By default, those that are not the session's own; all where it has no others.</summary>
    [Parameter(ParameterSetName = InputSet)]
    [NamespaceTypeTransform]
    [ValidateSet("Cgroup", "Ipc", "Mnt", "Net", "Pid", "Time", "User", "Uts")]
    [ValidateNotNullOrEmpty]
    public NamespaceType[]? Type { get; set; }

    /// <summary>Specifies the inode numbers of the namespaces.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InodeSet)]
    [ArgumentCompleter(typeof(NamespaceInodeCompleter))]
    public ulong[] Inode { get; set; } = [];

    /// <summary>
    /// Indicates that everything is listed that keeps the namespaces alive: processes, threads, descriptors, sockets, and mounts in any mount namespace.
    /// </summary>
    [Parameter]
    public SwitchParameter Holder { get; set; }

    /// <summary>Collects what is asked for; one look at the machine answers it all.</summary>
    protected override void ProcessRecord()
    {
        foreach (NamespaceTarget target in InputObject)
        {
            Attempt(target, () => Add(target));
        }

        foreach (ulong inode in Inode)
        {
            _wanted.TryAdd(inode, null);
        }
    }

    /// <summary>Looks, and writes what was found: nothing for nothing, whatever may follow in the pipeline.</summary>
    protected override void EndProcessing()
    {
        if (_wanted.Count == 0)
        {
            return;
        }

        _progress = new LateProgress(this, Holder ? "Looking for what keeps namespaces" : "Looking for processes in namespaces");
        Require(null, () =>
        {
            if (Holder)
            {
                WriteHolders();
            }
            else
            {
                WriteProcesses();
            }
        });

        _progress.Complete();
    }

    // The session's own namespaces are seldom meant where a process, a container or a pattern stands for several.
    private void Add(NamespaceTarget target)
    {
        IReadOnlyList<NamespaceInfo> all = NamespacesOf.Find(target, NamespaceTypeSet.OfOrAll(Type), Stop);
        NamespaceInfo[] others = [.. all.Where(ns => !ns.IsCurrent)];
        foreach (NamespaceInfo ns in Type is null && others.Length > 0 ? others : all)
        {
            _wanted[ns.Inode] = ns.NamespaceId;
        }
    }

    private void WriteProcesses()
    {
        List<InventoryProblem> problems = [];
        HashSet<ulong> seen = [];
        using NamespaceProcessReader reader = new();
        foreach (NamespaceProcess process in reader.Read(_wanted, problems, _progress!.Report, Stop))
        {
            seen.UnionWith(process.Inodes);
            WriteObject(process);
        }

        if (Inode.Any(inode => !seen.Contains(inode)))
        {
            WriteNotFound(Search(holders: false));
        }

        InventoryReport.Write(this, problems);
    }

    private void WriteHolders()
    {
        InventoryResult result = Search(holders: true);
        HashSet<ulong> others = [.. result.Namespaces.Where(IsAnother).Select(ns => ns.Inode)];
        WriteObject(result.Holders.Where(holder => !others.Contains(holder.Inode)), enumerateCollection: true);
        WriteNotFound(result);
        InventoryReport.Write(this, result, warn: true);
    }

    private InventoryResult Search(bool holders) => NamespaceInventory.Read(
        new InventoryOptions
        {
            Sources = NamespaceSource.All,
            OtherMounts = true,
            Inodes = _wanted.Keys.ToHashSet(),
            HoldersOf = holders ? _wanted.Keys.ToHashSet() : null,
            Progress = _progress!.Report,
        },
        Stop);

    private bool IsAnother(NamespaceInfo ns) => _wanted[ns.Inode] is ulong id && ns.NamespaceId is ulong found && found != id;

    private void WriteNotFound(InventoryResult result)
    {
        HashSet<ulong> found = [.. result.Namespaces.Where(ns => !IsAnother(ns)).Select(ns => ns.Inode)];
        foreach (ulong inode in _wanted.Keys.Where(inode => !found.Contains(inode)))
        {
            WriteError(ErrorRecords.Create(
                ErrorIds.NamespaceNotFound,
                string.Create(CultureInfo.InvariantCulture, $"No namespace with the inode {inode} was found."),
                LinuxUser.IsRoot ? null : "Run as root to see all.",
                inode));
        }
    }
}
