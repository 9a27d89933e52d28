using LinuxNamespaces.Interop;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The program and its children never gain privileges by execve.</summary>
    internal bool NoNewPrivileges { get; init; }

    /// <summary>No user namespace can be made inside the new one.</summary>
    internal bool DisableUserNamespaces { get; init; }
}

/// <summary>Ways to more privileges that are closed: set-user-ID programs, and user namespaces inside the new one.</summary>
internal sealed class PrivilegesPart(SpawnRequest request) : StartPart
{
    private const string Limit = "/proc/sys/user/max_user_namespaces";

    private readonly SpawnRequest _request = request;

    internal override PartNeeds Needs => _request.DisableUserNamespaces ? PartNeeds.Scratch : PartNeeds.None;

    internal override void Validate() => RequestRules.Require(_request.Types, NamespaceType.User, _request.DisableUserNamespaces, "-DisableUserNamespaces and -Sandbox");

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage == StartStage.Name && _request.DisableUserNamespaces)
        {
            // The limit of the namespace the child is in: it can be raised only with CAP_SYS_RESOURCE, which the program will not have.
            steps.Add("open", LibCExports.open, [Limit, LibC.O_WRONLY | LibC.O_CLOEXEC], subject: Limit, explain: LimitRefused);
            steps.Add("write", LibCExports.write, [steps.Scratch, "0", 1], "no user namespaces can be made inside", Limit, explain: LimitRefused);
            steps.Add("close", LibCExports.close, [steps.Scratch], isCheckedLater: true);
        }
        else if (stage == StartStage.Leave && _request.NoNewPrivileges)
        {
            steps.Add("prctl(PR_SET_NO_NEW_PRIVS)", LibCExports.prctl, [LibC.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0], "no program gains privileges");
        }
    }

    private static NamespaceException? LimitRefused(LinuxException failure) => new(
        ErrorIds.ConfinementRefused, "User namespaces inside could not be forbidden.", "Make /proc/sys writable; in a container it often is not.", failure);
}
