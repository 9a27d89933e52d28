using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Files;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The files and devices of a named net namespace, for the new mount namespace.</summary>
    internal NetNamespaceView? NetView { get; init; }
}

/// <summary>Shows the child the files of a named net namespace, and its devices in /sys.</summary>
internal sealed class NetViewPart(SpawnRequest request) : StartPart
{
    private const string Sys = "/sys";

    private readonly SpawnRequest _request = request;

    internal override PartNeeds Needs => _request.NetView is not null ? PartNeeds.Scratch : PartNeeds.None;

    // A fresh /sys shows the devices of the net namespace; what is mounted below the old one is bound into it, through a
    // descriptor, because the old one is covered by then.
    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage != StartStage.BeforeRoot || _request.NetView is not NetNamespaceView view)
        {
            return;
        }

        steps.Add("open", LibCExports.open, [Sys, LibC.O_PATH], subject: Sys, explain: Refused);
        steps.Add("mount", LibCExports.mount, ["sysfs", Sys, "sysfs", MountsPart.Restricted, 0], "mount sysfs on /sys", Sys, explain: Refused);
        foreach (string mount in view.MountsBelowSys)
        {
            string shown = SafeText.Escape(mount);
            steps.Add("mount", LibCExports.mount, [$"/proc/self/fd/{steps.Scratch}{mount[Sys.Length..]}", mount, 0, LibC.MS_BIND | LibC.MS_REC, 0], $"keep {shown}", shown, explain: Refused);
        }

        steps.Add("close", LibCExports.close, [steps.Scratch], subject: Sys, explain: Refused);
        foreach ((string source, string target) in view.Files)
        {
            string shown = SafeText.Escape(target);
            steps.Add("mount", LibCExports.mount, [source, target, 0, LibC.MS_BIND, 0], $"bind {SafeText.Escape(source)} to {shown}", shown, explain: Refused);
        }
    }

    private NamespaceException? Refused(LinuxException failure) => MountsPart.Refused(_request, failure);
}
