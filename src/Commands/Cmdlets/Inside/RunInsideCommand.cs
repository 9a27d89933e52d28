using System.Management.Automation;

namespace LinuxNamespaces.Commands;

/// <summary>The base of the cmdlets that run something inside of namespaces and wait for it.</summary>
public abstract class RunInsideCommand : InsideCommand
{
    /// <summary>How long what runs in one place may take before it is terminated; as long as it likes where left out.</summary>
    [Parameter]
    [ValidateRange(0.001, 2147483)]
    public double? TimeoutSec { get; set; }
}
