using System.Management.Automation;

namespace LinuxNamespaces.Commands;

/// <summary>Whether somebody wants to know more: what takes time to find out, or to say, need not be for nobody.</summary>
internal static class VerboseStream
{
    internal static bool IsShown(PSCmdlet cmdlet) => cmdlet.MyInvocation.BoundParameters.TryGetValue("Verbose", out object? given)
        ? given is SwitchParameter { IsPresent: true }
        : cmdlet.GetVariableValue("VerbosePreference") is ActionPreference and not ActionPreference.SilentlyContinue;
}
