using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Find;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the namespaces of the machine.</summary>
[Cmdlet(VerbsCommon.Get, "Namespace", DefaultParameterSetName = AllSet)]
[OutputType(typeof(NamespaceInfo))]
public sealed class GetNamespaceCommand : NamespaceCmdlet
{
    private const string AllSet = "All";
    private const string ProcessSet = "Process";
    private const string InodeSet = "Inode";
    private const string NameSet = "Name";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string InputObjectSet = "InputObject";

    private readonly HashSet<int> _processIds = [];
    private readonly HashSet<ulong> _inodes = [];
    private readonly List<(string Text, WildcardPattern Pattern)> _names = [];
    private readonly Dictionary<ulong, OpenedNamespace> _opened = [];
    private readonly HashSet<string> _sets = [];
    private NamespaceSource _inputSources;

    /// <summary>Specifies the types to list. By default, all are listed.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [NamespaceTypeTransform]
    [ValidateSet("Cgroup", "Ipc", "Mnt", "Net", "Pid", "Time", "User", "Uts")]
    public NamespaceType[]? Type { get; set; }

    /// <summary>Specifies processes whose namespaces are listed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ProcessSet)]
    [Alias("Id", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] ProcessId { get; set; } = [];

    /// <summary>Specifies the inode numbers of the namespaces.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InodeSet)]
    [ArgumentCompleter(typeof(NamespaceInodeCompleter))]
    public ulong[] Inode { get; set; } = [];

    /// <summary>Specifies processes, containers or paths whose namespaces are listed, or namespaces that are looked at again.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true)]
    [NamespaceTargetTransform]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget[] InputObject { get; set; } = [];

    /// <summary>Specifies the names of the net namespaces.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NameSet)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespacePatternCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Specifies namespace files.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Specifies namespace files by paths that are taken as they are written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Specifies where to look, and so what must keep a namespace alive for it to be listed.</summary>
    [Parameter(ParameterSetName = AllSet)]
    [Parameter(ParameterSetName = InodeSet)]
    [Parameter(ParameterSetName = NameSet)]
    [ValidateNotNullOrEmpty]
    public NamespaceSource[]? Source { get; set; }

    /// <summary>Specifies the descent by which namespaces are ordered; the property Hierarchy shows the branches.</summary>
    [Parameter]
    public NamespaceHierarchy? Hierarchy { get; set; }

    /// <summary>Collects what is asked for; one look at the machine answers it all.</summary>
    protected override void ProcessRecord()
    {
        _sets.Add(ParameterSetName);
        switch (ParameterSetName)
        {
            case ProcessSet:
                _processIds.UnionWith(ProcessId);
                break;
            case InodeSet:
                _inodes.UnionWith(Inode);
                break;
            case InputObjectSet:
                Array.ForEach(InputObject, target => Attempt(target, () => Add(target)));
                break;
            case NameSet:
                AddNames();
                break;
            case PathSet:
                OpenAll(Path, ResolvePath);
                break;
            case LiteralPathSet:
                OpenAll(LiteralPath, ResolveLiteralPath);
                break;
            default:
                break;
        }
    }

    /// <summary>Looks, and writes what was found.</summary>
    protected override void EndProcessing()
    {
        // An empty pipe asks for nothing, not for everything.
        bool asked = _sets.Contains(AllSet) || _processIds.Count + _inodes.Count + _names.Count + _opened.Count > 0;
        if (!asked)
        {
            return;
        }

        InventoryResult result = null!;
        LateProgress progress = new(this, "Looking for namespaces");
        try
        {
            Require(null, () => result = NamespaceInventory.Read(CreateOptions(progress), Stop));
        }
        finally
        {
            // The next command in the pipeline may look for their holders, so nothing may stay open here.
            CloseOpened();
        }

        progress.Complete();
        foreach (NamespaceInfo ns in result.Namespaces)
        {
            WriteObject(Hierarchy is null ? ns : WithTreeView(ns));
        }

        WriteNotFound(result);
        InventoryReport.Write(this, result, warn: !_sets.Contains(ProcessSet));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        CloseOpened();
        base.Dispose(disposing);
    }

    private void CloseOpened()
    {
        foreach ((_, NamespaceHandle handle) in _opened.Values)
        {
            handle.Dispose();
        }
    }

    // The format file has a view of its own for this name.
    private static PSObject WithTreeView(NamespaceInfo ns)
    {
        PSObject wrapped = new(ns);
        wrapped.TypeNames.Insert(0, typeof(NamespaceInfo).FullName + "#Tree");
        return wrapped;
    }

    private InventoryOptions CreateOptions(LateProgress progress)
    {
        bool bySelection = _processIds.Count + _opened.Count > 0;
        return new InventoryOptions
        {
            Types = NamespaceTypeSet.OfOrAll(Type),
            Sources = _processIds.Count > 0 && _opened.Count + _inodes.Count == 0 ? NamespaceSource.Process
                : _inputSources != NamespaceSource.None ? _inputSources
                : Source?.Aggregate(NamespaceSource.None, (all, source) => all | source),
            OtherMounts = Source?.Any(source => (source & NamespaceSource.Mount) != 0) == true || (_inputSources & NamespaceSource.Mount) != 0,
            ProcessIds = bySelection ? _processIds : null,
            Opened = bySelection ? _opened.Values : null,
            Inodes = _inodes.Count > 0 ? _inodes : null,
            Name = _names.Count > 0 ? name => _names.Exists(wanted => wanted.Pattern.IsMatch(name)) : null,
            Hierarchy = Hierarchy,
            Progress = progress.Report,
        };
    }

    private void WriteNotFound(InventoryResult result)
    {
        bool isHiding = result.Count(InventoryProblemKind.ProcessesUnlisted) > 0;
        foreach (int processId in result.MissingProcessIds)
        {
            WriteError(ErrorRecords.From(MissingProcess.Describe(processId, isHiding), processId));
        }

        foreach (InventoryProblem problem in result.Problems)
        {
            if (problem.Kind == InventoryProblemKind.ProcessHidden && _processIds.Contains(problem.ProcessId))
            {
                WriteError(ErrorRecords.Create(
                    ErrorIds.ProcessHidden,
                    $"The namespaces of process {problem.ProcessId} could not be read.",
                    "Run as root, or as the user of that process.",
                    problem.ProcessId,
                    new LinuxException(problem.Errno, "readlink", $"/proc/{problem.ProcessId}/ns")));
            }
        }

        string narrowed = Type is null && Source is null ? string.Empty : " among those asked for";
        HashSet<ulong> found = _inodes.Count == 0 ? [] : [.. result.Namespaces.Select(ns => ns.Inode)];
        foreach (ulong inode in _inodes.Where(inode => !found.Contains(inode)))
        {
            WriteError(ErrorRecords.Create(
                ErrorIds.NamespaceNotFound,
                string.Create(CultureInfo.InvariantCulture, $"No namespace with the inode {inode} was found{narrowed}."),
                "Look in more places with -Source All, or as root.",
                inode));
        }

        foreach ((string name, _) in _names.Where(name => !WildcardPattern.ContainsWildcardCharacters(name.Text)))
        {
            string literal = WildcardPattern.Unescape(name);
            if (!result.Namespaces.Any(ns => HasName(ns, literal)))
            {
                WriteError(ErrorRecords.Create(
                    ErrorIds.NamespaceNameNotFound,
                    $"There is no net namespace named '{SafeText.Escape(literal)}'{narrowed}.",
                    "Get-Namespace -Name * lists the names there are.",
                    name));
            }
        }
    }

    private static bool HasName(NamespaceInfo ns, string name) =>
        ns.MountPoint?.Split('\n').Contains(NetNamespacePath.Of(SafeText.Escape(name))) == true;

    private void Add(NamespaceTarget target)
    {
        if (target.Value is NamespaceInfo ns)
        {
            // Where it was found is where to look again.
            _inodes.Add(ns.Inode);
            _inputSources |= ns.Sources;
            return;
        }

        using ResolvedTarget resolved = target.Resolve(NamespaceTypeSet.OfOrAll(Type), Stop);
        if (resolved.Process is not null)
        {
            _sets.Add(ProcessSet);
        }

        foreach (NamespaceType type in resolved.Types.ToArray())
        {
            Keep(resolved.Label, resolved.Take(type)!);
        }
    }

    private void AddNames()
    {
        foreach (string name in Name)
        {
            Attempt(name, () => _names.Add((name, NetNamespaceNames.ParsePattern(name))));
        }
    }

    private void OpenAll(IEnumerable<string> paths, Func<string, IReadOnlyList<string>> resolve)
    {
        foreach (string path in paths)
        {
            try
            {
                foreach (string file in resolve(path))
                {
                    Open(file);
                }
            }
            catch (Exception exception) when (exception is ItemNotFoundException or DriveNotFoundException or ProviderNotFoundException
                or WildcardPatternException or NotSupportedException)
            {
                WriteError(ErrorRecords.Create(ErrorIds.PathNotFound, exception.Message, null, path, exception));
            }
        }
    }

    private void Open(string path) => Attempt(path, () => Keep(path, NamespaceFile.OpenNamed(path)));

    // One descriptor for each namespace, however much leads to it.
    private void Keep(string path, NamespaceHandle handle)
    {
        if (!_opened.TryAdd(handle.Inode, new OpenedNamespace(path, handle)))
        {
            handle.Dispose();
        }
    }
}
