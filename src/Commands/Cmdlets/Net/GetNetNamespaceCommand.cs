using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Names;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Lists named net namespaces.</summary>
[Cmdlet(VerbsCommon.Get, "NetNamespace")]
[OutputType(typeof(NetNamespaceInfo))]
public sealed class GetNetNamespaceCommand : NamespaceCmdlet
{
    private readonly List<string> _names = [];
    private bool _asked;

    /// <summary>Specifies the names to list. By default, all are listed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespacePatternCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Specifies the net namespace whose ids are shown, by a name or the path of a file. The default is the session's.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NamespaceNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? RelativeTo { get; set; }

    /// <summary>Collects what is asked for; one look answers it all.</summary>
    protected override void ProcessRecord()
    {
        _asked = true;
        _names.AddRange(Name);
    }

    /// <summary>Looks, and writes what was found.</summary>
    protected override void EndProcessing()
    {
        // An empty pipeline asks for nothing, not for all: Remove-NetNamespace may be next.
        if (!_asked)
        {
            return;
        }

        Require(RelativeTo, () =>
        {
            NetNamespaceNames names = new(_names);
            using NetNsIds ids = RelativeTo is null ? new NetNsIds() : NetNsIdsOf(RelativeTo);
            Write(names, NetNamespaceList.Read(names.Match, ids, Stop));
        });
    }

    private void Write(NetNamespaceNames names, NetNamespaceListResult result)
    {
        WriteObject(result.Namespaces, enumerateCollection: true);
        foreach (string name in names.Missing(result.Namespaces.Select(ns => ns.Name!)))
        {
            WriteError(result.Stale.Contains(name)
                ? ErrorRecords.From(StaleNetNamespace.Describe(name), name)
                : ErrorRecords.Create(
                    ErrorIds.NamespaceNameNotFound,
                    $"There is no net namespace named '{SafeText.Escape(name)}'.",
                    "Get-NetNamespace lists those there are; New-NetNamespace makes one.",
                    name));
        }

        foreach (string name in result.Stale)
        {
            WriteVerbose($"Left out: '{NetNamespaceDirectory.PathOf(SafeText.Escape(name))}' is a plain file without a namespace.");
        }
    }

    private NetNsIds NetNsIdsOf(string target)
    {
        string? path = target.Contains('/') ? FileSystemPath.Resolve(SessionState, target) : null;
        using NamespaceHandle handle = path is null ? NetNamespaceList.Open(target) : NamespaceFile.Open(path);
        using NamespaceThread thread = new();
        return new NetNsIds(NetlinkSocket.OpenIn(thread, handle));
    }
}
