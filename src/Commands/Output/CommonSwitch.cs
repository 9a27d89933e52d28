using System.Management.Automation;

namespace LinuxNamespaces.Commands.Output;

/// <summary>Switches that every cmdlet has, or the preference variables in their place: what takes time to find out, or to say, need not be for nobody.</summary>
internal static class CommonSwitch
{
    /// <summary>Somebody wants to know more.</summary>
    internal static bool IsVerbose(PSCmdlet cmdlet) =>
        Find(cmdlet, VerboseSwitch) ?? (cmdlet.GetVariableValue("VerbosePreference") is ActionPreference and not ActionPreference.SilentlyContinue);

    /// <summary>Nothing is to be done.</summary>
    internal static bool IsTrial(PSCmdlet cmdlet) => Find(cmdlet, TrialSwitch) ?? LanguagePrimitives.IsTrue(cmdlet.GetVariableValue("WhatIfPreference"));

    private const string VerboseSwitch = "Verbose";
    private const string TrialSwitch = "WhatIf";

    private static bool? Find(PSCmdlet cmdlet, string name) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(name, out object? given) ? given is SwitchParameter { IsPresent: true } : null;
}
