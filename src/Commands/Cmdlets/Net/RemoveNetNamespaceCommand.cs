using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Commands.Remote.Client;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>Takes the names of net namespaces away, and with them the namespaces nobody else keeps.</summary>
[Cmdlet(VerbsCommon.Remove, "NetNamespace", SupportsShouldProcess = true, DefaultParameterSetName = NameSet)]
[OutputType(typeof(void))]
public sealed class RemoveNetNamespaceCommand : NamespaceCmdlet
{
    private const string NameSet = "Name";
    private const string InputSet = "InputObject";
    private const string Action = "Remove net namespace";

    // As many as a person waits for before the first error is seen.
    private const int NamesInOneGo = 64;

    private readonly Dictionary<ulong, string> _removed = [];
    private NetNamespaceRemover? _remover;
    private LateProgress? _progress;
    private int _done;

    /// <summary>Specifies the names to remove.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameSet, ValueFromPipeline = true)]
    [SupportsWildcards]
    [TextOnly]
    [ArgumentCompleter(typeof(NamespacePatternCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Specifies net namespaces that have a name. A name that belongs to another namespace by now is not removed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputSet, ValueFromPipeline = true)]
    public NamespaceInfo[] InputObject { get; set; } = [];

    /// <summary>Indicates that a stale file is removed, which an interrupted command has left.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Ends the idle PowerShells of Invoke-NamespaceCommand, which keep namespaces alive.</summary>
    protected override void BeginProcessing() => InnerPowerShellPool.Clear();

    /// <summary>Removes them, one by one.</summary>
    protected override void ProcessRecord()
    {
        _remover ??= new NetNamespaceRemover(Stop);
        _remover.LookAgain();
        _progress ??= new LateProgress(this, "Removing net namespaces");
        if (ParameterSetName == NameSet)
        {
            RemoveNames(_remover);
        }

        foreach (NamespaceInfo info in InputObject)
        {
            if (info.Name is string name)
            {
                Remove(name, info);
            }
            else
            {
                WriteError(ErrorRecords.Create(
                    ErrorIds.NamespaceHasNoName, $"{info} has no name in {NetNamespaceDirectory.Location}.", null, info));
            }
        }
    }

    /// <summary>Lists, with -Verbose, what keeps the namespaces whose names were removed.</summary>
    protected override void EndProcessing()
    {
        _progress?.Complete();
        if (_remover?.HiddenText is string hidden)
        {
            InventoryReport.WarnOnce(this, $"{hidden} Had one of them used what was removed, it would have lost it.");
        }

        if (_removed.Count == 0 || !CommonSwitch.IsVerbose(this))
        {
            return;
        }

        try
        {
            foreach (NamespaceInfo held in NetNamespaceHolders.Find(new HashSet<ulong>(_removed.Keys), Stop))
            {
                WriteVerbose($"{held}, '{_removed[held.Inode]}' until now, lives on: {NetNamespaceHolders.Describe(held)}.");
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (LinuxException exception)
        {
            WriteVerbose(string.Create(CultureInfo.InvariantCulture, $"Who keeps them cannot be told: {exception.Message}"));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _remover?.Dispose();
        base.Dispose(disposing);
    }

    private void RemoveNames(NetNamespaceRemover remover)
    {
        // Not of one name: a pattern that is none, names that cannot be read, no thread to go inside with.
        Attempt(Name, () =>
        {
            IEnumerable<string> names = new NetNamespaceNames(Name).Expand().Where(name => ShouldProcess(name, Action));
            foreach (NameResult<ulong> result in names.Chunk(NamesInOneGo).SelectMany(some => remover.RemoveAll(some, Force)))
            {
                _progress!.Report("net namespaces", ++_done, 0);
                if (result.Problem is null)
                {
                    NoteRemoved(result.Value, result.Name);
                }
                else
                {
                    WriteError(ErrorRecords.From(result.Problem, result.Name));
                }
            }
        });
    }

    private void Remove(string name, NamespaceInfo expected)
    {
        if (!ShouldProcess(name, Action))
        {
            return;
        }

        Attempt(name, () =>
        {
            _progress!.Report("net namespaces", _done++, 0);
            NoteRemoved(_remover!.Remove(name, Force, expected), name);
        });
    }

    // A stale file had no namespace.
    private void NoteRemoved(ulong inode, string name)
    {
        if (inode != 0)
        {
            _removed[inode] = name;
        }
    }
}
