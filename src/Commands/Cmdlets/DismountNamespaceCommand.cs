using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Commands.Remote.Client;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Keep;

namespace LinuxNamespaces.Commands;

/// <summary>Takes bind mounts of namespaces away; a namespace nothing else keeps ends with the last of them.</summary>
[Cmdlet("Dismount", "Namespace", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(NamespaceDismount))]
public sealed class DismountNamespaceCommand : NamespaceCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string InputSet = "InputObject";

    private readonly NamespaceUnpin _unpin = new();

    /// <summary>Specifies the paths on which namespaces are mounted.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceMountCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>Specifies the paths, taken as they are written.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ArgumentCompleter(typeof(NamespaceMountCompleter))]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Specifies namespaces, of which all mounts in the session's mount namespace are dismounted.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputSet, ValueFromPipeline = true)]
    public NamespaceInfo[] InputObject { get; set; } = [];

    /// <summary>Indicates that files on which the namespaces were mounted are removed, if they are empty.</summary>
    [Parameter]
    public SwitchParameter RemoveFile { get; set; }

    /// <summary>Indicates that the cmdlet writes each namespace that was dismounted, and what keeps it still.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Ends the idle PowerShells of Invoke-NamespaceCommand, which keep namespaces alive.</summary>
    protected override void BeginProcessing() => InnerPowerShellPool.Clear();

    /// <summary>Dismounts, one by one.</summary>
    protected override void ProcessRecord()
    {
        _unpin.LookAgain();
        Require(null, () =>
        {
            // All are chosen before the first is dismounted.
            MountSelection mounts = new();
            List<NamespaceMount> chosen = [];
            foreach (string path in Path.Concat(LiteralPath))
            {
                Attempt(path, () => chosen.AddRange(SelectByPath(mounts, path)));
            }

            foreach (NamespaceInfo ns in InputObject)
            {
                Attempt(ns, () => chosen.AddRange(mounts.Of(ns)));
            }

            foreach (NamespaceMount mount in chosen)
            {
                Dismount(mount);
            }
        });
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
            foreach (NamespaceDismount result in _unpin.Report(Stop))
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
            WriteVerbose($"The reasons why the namespaces still exist could not be read: {exception.Message}");
        }
    }

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

    private IEnumerable<NamespaceMount> SelectByPath(MountSelection mounts, string path)
    {
        string full = FileSystemPath.Resolve(SessionState, path);
        if (ParameterSetName == PathSet && WildcardPattern.ContainsWildcardCharacters(path))
        {
            return mounts.Matching(NetNamespaceNames.ParsePattern(full).IsMatch);
        }

        if (!RemoveFile || !BindFile.IsLeftOver(full))
        {
            return mounts.At(full);
        }

        // A session that was killed has dismounted the namespace, and no more than that.
        if (ShouldProcess(full, "Remove the file on which a namespace was mounted"))
        {
            _unpin.RemoveLeftOver(full, Stop);
        }

        return [];
    }

    private void Dismount(NamespaceMount mount)
    {
        if (!ShouldProcess(mount.DisplayPath, $"Dismount {mount.Type.KernelName()}:[{mount.Inode}]"))
        {
            return;
        }

        Attempt(mount.DisplayPath, () => _unpin.Dismount(mount, RemoveFile, Stop));
    }
}
