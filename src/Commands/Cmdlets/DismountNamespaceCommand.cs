using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Commands.Remote.Client;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Keep;

namespace LinuxNamespaces.Commands;

/// <summary>Takes bind mounts of namespaces away; a namespace nothing else keeps ends with the last of them.</summary>
[Cmdlet("Dismount", "Namespace", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(NamespaceDismount))]
public sealed class DismountNamespaceCommand : PSCmdlet, IDisposable
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string InputSet = "InputObject";

    private readonly CancellationTokenSource _stop = new();
    private readonly NamespaceUnpin _unpin = new();

    /// <summary>Where they are mounted.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceMountCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>The same, taken as they are written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ArgumentCompleter(typeof(NamespaceMountCompleter))]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Namespaces: all their mounts in our mount namespace.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputSet, ValueFromPipeline = true)]
    public NamespaceInfo[] InputObject { get; set; } = [];

    /// <summary>Remove the files they were mounted on, where these are empty.</summary>
    [Parameter]
    public SwitchParameter RemoveFile { get; set; }

    /// <summary>Write what was dismounted, and what keeps the namespaces still.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Ends the idle PowerShells of Invoke-NamespaceCommand, which keep namespaces alive.</summary>
    protected override void BeginProcessing() => InnerPowerShellPool.Clear();

    /// <summary>Dismounts, one by one.</summary>
    protected override void ProcessRecord()
    {
        _unpin.LookAgain();
        try
        {
            List<NamespaceMount> mounts = MountTable.ReadNamespaceMounts();
            foreach (NamespaceMount mount in SelectByPath(mounts).Concat(SelectByNamespace(mounts)).ToArray())
            {
                Dismount(mount);
            }
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            ThrowTerminatingError(ErrorRecords.From(exception));
        }
    }

    /// <summary>Says what became of the namespaces.</summary>
    protected override void EndProcessing()
    {
        if (_unpin.HiddenText is string hidden)
        {
            InventoryReport.WarnOnce(this, $"{hidden} Had one of them used a file that was removed, it would have lost it.");
        }

        try
        {
            List<NamespaceDismount> gone = [];
            foreach (NamespaceDismount result in _unpin.Report(_stop.Token))
            {
                if (result.IsGone)
                {
                    gone.Add(result);
                }
                else
                {
                    WriteVerbose($"{Name(result)} lives on: {result.Source}. Get-NamespaceProcess -Inode {result.Inode} -Holder lists what keeps it.");
                }

                if (PassThru)
                {
                    WriteObject(result);
                }
            }

            // With -PassThru the answer is in the output.
            if (!PassThru)
            {
                WarnOf(gone);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            WriteVerbose($"What keeps them cannot be told: {exception.Message}");
        }
    }

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Ends what Ctrl+C would.</summary>
    public void Dispose() => _stop.Dispose();

    // One warning, however many there were: an end cannot be undone, and nobody may have expected it.
    private void WarnOf(List<NamespaceDismount> gone)
    {
        NamespaceDismount[] last = [.. gone.GroupBy(result => result.Inode).Select(mounts => mounts.Last())];
        if (last.Length > 0)
        {
            WriteWarning(last is [NamespaceDismount only]
                ? $"{Name(only)} was removed: nothing but {only.MountPoint} kept it."
                : $"{last.Length} namespaces were removed, because nothing else kept them: {string.Join(", ", last.Select(result => $"{Name(result)} on {result.MountPoint}"))}.");
        }
    }

    private static string Name(NamespaceDismount result) => $"{result.Type.KernelName()}:[{result.Inode}]";

    private IEnumerable<NamespaceMount> SelectByPath(List<NamespaceMount> mounts)
    {
        foreach (string path in Path.Concat(LiteralPath))
        {
            string full = FileSystemPath.Resolve(SessionState, path);
            WildcardPattern? pattern = ParameterSetName == PathSet && WildcardPattern.ContainsWildcardCharacters(path) ? NetNamespaceNames.ParsePattern(full) : null;
            NamespaceMount[] found = [.. mounts.Where(mount => pattern?.IsMatch(mount.DisplayPath) ?? mount.IsAt(full))];
            if (found.Length == 0 && pattern is null)
            {
                WriteError(ErrorRecords.Create(
                    ErrorRecords.NamespaceNotMounted,
                    $"No namespace is mounted on '{SafeText.Escape(full)}'.",
                    "Get-Namespace -Source Mount lists those that are.",
                    path));
            }

            foreach (NamespaceMount mount in found)
            {
                yield return mount;
            }
        }
    }

    private IEnumerable<NamespaceMount> SelectByNamespace(List<NamespaceMount> mounts)
    {
        foreach (NamespaceInfo ns in InputObject)
        {
            NamespaceMount[] found = [.. mounts.Where(mount => mount.Inode == ns.Inode && mount.Type == ns.Type)];
            if (found.Length == 0)
            {
                WriteError(ErrorRecords.Create(
                    ErrorRecords.NamespaceNotMounted,
                    ns.MountNamespace is ulong other ? $"{ns} is mounted in another mount namespace, mnt:[{other}]." : $"{ns} is not mounted.",
                    "Get-NamespaceProcess -Holder lists what keeps it.",
                    ns));
            }

            foreach (NamespaceMount mount in found)
            {
                yield return mount;
            }
        }
    }

    private void Dismount(NamespaceMount mount)
    {
        if (!ShouldProcess(mount.DisplayPath, $"Dismount {mount.Type.KernelName()}:[{mount.Inode}]"))
        {
            return;
        }

        try
        {
            _unpin.Dismount(mount, RemoveFile, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            WriteError(ErrorRecords.From(exception, mount.DisplayPath));
        }
    }
}
