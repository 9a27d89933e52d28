using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Kernel;
using LinuxNamespaces.Operations;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the namespaces of the machine.</summary>
[Cmdlet(VerbsCommon.Get, "Namespace", DefaultParameterSetName = AllSet)]
[OutputType(typeof(NamespaceInfo))]
public sealed class GetNamespaceCommand : PSCmdlet, IDisposable
{
    private const string AllSet = "All";
    private const string ProcessSet = "Process";
    private const string InodeSet = "Inode";
    private const string NameSet = "Name";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<int> _processIds = [];
    private readonly HashSet<ulong> _inodes = [];
    private readonly List<string> _names = [];
    private readonly List<(string Path, NamespaceHandle Handle)> _opened = [];

    /// <summary>Only these types.</summary>
    [Parameter(Position = 0)]
    [NamespaceTypeTransform]
    public NamespaceType[]? Type { get; set; }

    /// <summary>The namespaces of these processes.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ProcessSet, ValueFromPipelineByPropertyName = true)]
    [Alias("Id", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] ProcessId { get; set; } = [];

    /// <summary>The namespaces with these inode numbers.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InodeSet)]
    [ArgumentCompleter(typeof(NamespaceInodeCompleter))]
    public ulong[] Inode { get; set; } = [];

    /// <summary>The net namespaces with these names.</summary>
    [Parameter(Mandatory = true, ParameterSetName = NameSet)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The namespaces behind these files.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The same, taken as they are written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Where to look, and what must keep a namespace alive for it to be listed.</summary>
    [Parameter(ParameterSetName = AllSet)]
    [Parameter(ParameterSetName = InodeSet)]
    [Parameter(ParameterSetName = NameSet)]
    public NamespaceSource[]? Source { get; set; }

    /// <summary>Order by descent, with drawn branches in the property Hierarchy.</summary>
    [Parameter]
    public NamespaceHierarchy? Hierarchy { get; set; }

    /// <summary>Collects what is asked for; one look at the machine answers it all.</summary>
    protected override void ProcessRecord()
    {
        _processIds.UnionWith(ProcessId);
        _inodes.UnionWith(Inode);
        _names.AddRange(Name);
        foreach (string path in ParameterSetName == LiteralPathSet ? LiteralPath.SelectMany(ResolveLiteralPath) : Path.SelectMany(ResolvePath))
        {
            Open(path);
        }
    }

    /// <summary>Looks, and writes what was found.</summary>
    protected override void EndProcessing()
    {
        if (ParameterSetName is PathSet or LiteralPathSet && _opened.Count == 0)
        {
            return;
        }

        InventoryResult result;
        try
        {
            result = NamespaceInventory.Read(CreateOptions(), _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (LinuxException exception)
        {
            ThrowTerminatingError(ErrorRecords.From(exception));
            return;
        }
        finally
        {
            // What comes next in the pipeline may ask who keeps them.
            CloseOpened();
        }

        foreach (NamespaceInfo ns in result.Namespaces)
        {
            WriteObject(Hierarchy is null ? ns : WithTreeView(ns));
        }

        WriteNotFound(result);
        InventoryReport.Write(this, result, warn: ParameterSetName != ProcessSet);
    }

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Closes what was opened by path.</summary>
    public void Dispose()
    {
        CloseOpened();
        _stop.Dispose();
    }

    private void CloseOpened()
    {
        foreach ((_, NamespaceHandle handle) in _opened)
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

    private InventoryOptions CreateOptions()
    {
        WildcardPattern[] patterns = [.. _names.Select(name => WildcardPattern.Get(name, WildcardOptions.None))];
        return new InventoryOptions
        {
            TypeMask = Type is null ? NamespaceTypes.AllMask : Type.Aggregate(0, (mask, type) => mask | (1 << (int)type)),
            Sources = ParameterSetName == ProcessSet ? NamespaceSource.Process
                : Source?.Aggregate(NamespaceSource.None, (all, source) => all | source) ?? InventoryOptions.DefaultSources,
            ProcessIds = ParameterSetName == ProcessSet ? _processIds : null,
            Inodes = ParameterSetName == InodeSet ? _inodes : null,
            Name = ParameterSetName == NameSet ? name => patterns.Any(pattern => pattern.IsMatch(name)) : null,
            Opened = ParameterSetName is PathSet or LiteralPathSet ? _opened : null,
            Hierarchy = Hierarchy,
            OtherMounts = Source?.Any(source => (source & NamespaceSource.Mount) != 0) == true,
        };
    }

    private void WriteNotFound(InventoryResult result)
    {
        foreach (int processId in result.MissingProcessIds)
        {
            WriteError(ErrorRecords.Create(ErrorRecords.ProcessNotFound, $"There is no process {processId}.", null, processId));
        }

        foreach (InventoryProblem problem in result.Problems)
        {
            if (problem.Kind == InventoryProblemKind.ProcessHidden && _processIds.Contains(problem.ProcessId))
            {
                WriteError(ErrorRecords.Create(
                    ErrorRecords.ProcessHidden,
                    $"The namespaces of process {problem.ProcessId} may not be read.",
                    "Run as root, or as the user of that process.",
                    problem.ProcessId,
                    new LinuxException(problem.Errno, "readlink", $"/proc/{problem.ProcessId}/ns")));
            }
        }

        HashSet<ulong> found = [.. result.Namespaces.Select(ns => ns.Inode)];
        foreach (ulong inode in _inodes.Where(inode => !found.Contains(inode)))
        {
            WriteError(ErrorRecords.Create(
                ErrorRecords.NamespaceNotFound,
                string.Create(CultureInfo.InvariantCulture, $"No namespace with the inode {inode} was found."),
                "Look in more places with -Source All, or as root.",
                inode));
        }

        foreach (string name in _names.Where(name => !WildcardPattern.ContainsWildcardCharacters(name) && !result.Namespaces.Any(ns => HasName(ns, name))))
        {
            WriteError(ErrorRecords.Create(
                ErrorRecords.NamespaceNameNotFound,
                $"There is no net namespace named '{SafeText.Escape(name)}'.",
                "Get-Namespace -Name * lists the names there are.",
                name));
        }
    }

    private static bool HasName(NamespaceInfo ns, string name) =>
        ns.MountPoint?.Split('\n').Contains("/run/netns/" + name) == true;

    private void Open(string path)
    {
        try
        {
            _opened.Add((path, NamespaceFile.Open(path)));
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            WriteError(ErrorRecords.From(exception, path));
        }
    }

    private IEnumerable<string> ResolvePath(string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            return ResolveLiteralPath(path);
        }

        IEnumerable<string> resolved = GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
        return IsFileSystem(provider, path) ? resolved : [];
    }

    private IEnumerable<string> ResolveLiteralPath(string path)
    {
        string resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return IsFileSystem(provider, path) ? [resolved] : [];
    }

    private bool IsFileSystem(ProviderInfo provider, string path)
    {
        if (provider.Name == "FileSystem")
        {
            return true;
        }

        WriteError(ErrorRecords.Create(
            ErrorRecords.NotAFileSystemPath, $"'{SafeText.Escape(path)}' is not a path of the file system.", null, path));
        return false;
    }
}
