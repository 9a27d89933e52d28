using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Limits;

namespace LinuxNamespaces.Commands;

/// <summary>Lists how many namespaces each user may have, and how many there are.</summary>
[Cmdlet(VerbsCommon.Get, "NamespaceLimit")]
[OutputType(typeof(NamespaceLimit))]
public sealed class GetNamespaceLimitCommand : NamespaceCmdlet
{
    /// <summary>Specifies the types to list. By default, all are listed.</summary>
    [Parameter(Position = 0)]
    [NamespaceTypeTransform]
    [ValidateSet("Cgroup", "Ipc", "Mnt", "Net", "Pid", "Time", "User", "Uts")]
    [ValidateNotNullOrEmpty]
    public NamespaceType[] Type { get; set; } = [.. NamespaceTypes.All];

    /// <summary>Reads and counts.</summary>
    protected override void ProcessRecord()
    {
        LateProgress progress = new(this, "Counting namespaces");
        Require(null, () =>
        {
            WriteObject(NamespaceLimits.Read(Type, progress.Report, Stop), enumerateCollection: true);
            progress.Complete();
        });
    }
}
