using System.Globalization;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Limits;

namespace LinuxNamespaces.Commands;

/// <summary>Sets how many namespaces each user may have, until the next boot.</summary>
[Cmdlet(VerbsCommon.Set, "NamespaceLimit", SupportsShouldProcess = true)]
[OutputType(typeof(NamespaceLimit))]
public sealed class SetNamespaceLimitCommand : NamespaceCmdlet
{
    /// <summary>Specifies the types to limit.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [NamespaceTypeTransform]
    [ValidateSet("Cgroup", "Ipc", "Mnt", "Net", "Pid", "Time", "User", "Uts")]
    public NamespaceType[] Type { get; set; } = [];

    /// <summary>Specifies the most namespaces that each user may have; 0 allows no new ones.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateRange(0, int.MaxValue)]
    public long Limit { get; set; }

    /// <summary>Indicates that the cmdlet writes the new limits.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Sets them, one by one.</summary>
    protected override void ProcessRecord()
    {
        foreach (NamespaceType type in Type)
        {
            string sysctl = NamespaceSysctl.NameOf(type);
            if (ShouldProcess(sysctl, string.Create(CultureInfo.InvariantCulture, $"Set to {Limit}")))
            {
                Set(type, sysctl);
            }
        }
    }

    private void Set(NamespaceType type, string sysctl)
    {
        Attempt(type, () =>
        {
            NamespaceLimits.Set(type, Limit);
            WriteWarning(string.Create(
                CultureInfo.InvariantCulture,
                $"{sysctl} = {Limit} lasts until the next boot. To keep it: Set-Content /etc/sysctl.d/90-{sysctl}.conf '{sysctl} = {Limit}'"));
            if (PassThru)
            {
                WriteObject(NamespaceLimits.Read([type], null, default), enumerateCollection: true);
            }
        });
    }
}
