using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Operations.Look;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the mounts of mount namespaces.</summary>
[Cmdlet(VerbsCommon.Get, "NamespaceMount", DefaultParameterSetName = InputSet)]
[OutputType(typeof(NamespaceMountInfo))]
public sealed class GetNamespaceMountCommand : NamespaceLookCommand
{
    private readonly MountReader _reader = new();
    private WildcardPattern[]? _points;
    private WildcardPattern[]? _types;
    private WildcardPattern[]? _sources;

    /// <summary>Specifies mount points; all by default.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(MountCompleter))]
    public string[]? MountPoint { get; set; }

    /// <summary>Specifies types of file systems; all by default.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(MountCompleter))]
    public string[]? FileSystemType { get; set; }

    /// <summary>Specifies what is mounted; all by default.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(MountCompleter))]
    public string[]? Source { get; set; }

    private protected override NamespaceType Type => NamespaceType.Mnt;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reader.Dispose();
        base.Dispose(disposing);
    }

    private protected override void LookAt(LookTarget target)
    {
        _points ??= MountPoint?.Select(NamespacePatterns.Parse).ToArray();
        _types ??= FileSystemType?.Select(NamespacePatterns.Parse).ToArray();
        _sources ??= Source?.Select(NamespacePatterns.Parse).ToArray();
        foreach (NamespaceMountInfo mount in _reader.Read(target))
        {
            if (Fits(_points, mount.MountPoint) && Fits(_types, mount.FileSystemType) && Fits(_sources, mount.Source))
            {
                WriteObject(mount);
            }
        }
    }
}
