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
using LinuxNamespaces.Operations.Look;
using LinuxNamespaces.Operations.Targets;

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

    private void Add(NamespaceTarget target)
    {
        NamespaceTypeSet types = NamespaceTypeSet.OfOrAll(Type);
        if (target.Value is NamespaceInfo ns)
        {
            _wanted[ns.Inode] = ns.NamespaceId;
        }
        else if (NamespacePatterns.IsPattern(target))
        {
            WildcardPattern pattern = NamespacePatterns.Parse(target.ToString());
            foreach (NamespaceInfo found in LookTargets.FindMatching(types, pattern.IsMatch, Stop).Where(found => Type is not null || !found.IsCurrent))
            {
                _wanted[found.Inode] = found.NamespaceId;
            }
        }
        else
        {
            using ResolvedTarget resolved = target.Resolve(types, Stop);
            AddInodes(resolved, types);
        }
    }

    private void AddInodes(ResolvedTarget target, NamespaceTypeSet types)
    {
        (NamespaceType Type, ulong Inode)[] all = [.. target.Types.Where(types.Contains).Select(type => (type, target[type]!.Inode))];
        if (all.Length == 0)
        {
            throw new NamespaceException(
                ErrorIds.TargetLacksType, $"{target.Label} is not of the types asked for.", "Leave out -Type: it selects among the namespaces of a process or container.");
        }

        using ProcFileSystem proc = ProcFileSystem.Open();
        CurrentNamespaces current = new(proc);
        (NamespaceType Type, ulong Inode)[] others = [.. all.Where(each => !current.IsCurrent(each.Type, each.Inode))];
        foreach ((_, ulong inode) in Type is null && others.Length > 0 ? others : all)
        {
            _wanted.TryAdd(inode, null);
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
