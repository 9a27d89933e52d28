using System.Management.Automation;

namespace LinuxNamespaces.Commands;

/// <summary>The base of the cmdlets that run something inside of namespaces and wait for it.</summary>
public abstract class RunInsideCommand : InsideCommand
{
    /// <summary>Specifies after how many seconds the work in one target is terminated. By default, there is no limit.</summary>
    [Parameter]
    [ValidateRange(0.001, 2147483)]
    public double? TimeoutSec { get; set; }
}
