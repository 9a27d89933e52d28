using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The profile, for people.</summary>
    internal string? SeccompProfile { get; init; }

    /// <summary>The program that decides which system calls are made.</summary>
    internal byte[]? SeccompFilter { get; init; }
}

/// <summary>A filter of system calls, see seccomp(2): the last thing before the program, because what it forbids the child must not need.</summary>
internal sealed class SeccompPart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage == StartStage.Finish && _request.SeccompFilter is byte[] filter)
        {
            steps.Add(
                "prctl(PR_SET_SECCOMP)",
                LibCExports.prctl,
                [LibC.PR_SET_SECCOMP, LibC.SECCOMP_MODE_FILTER, StepArgument.Filter(filter), 0, 0],
                $"system calls are filtered by {SafeText.Escape(_request.SeccompProfile!)}",
                explain: Refused);
        }
    }

    private static NamespaceException? Refused(LinuxException failure) => new(
        ErrorIds.ConfinementRefused, "The kernel did not take the seccomp filter.", failure.NativeErrorCode == LibC.EINVAL ? "The profile is too large, or this kernel has no seccomp filters." : null, failure);
}
