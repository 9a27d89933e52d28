using System.Linq;
using System.Management.Automation;

namespace LinuxNamespaces.Commands;

/// <summary>The parameters of Invoke-NamespaceCommand that exclude each other: of fresh namespaces, and of existing ones.</summary>
internal static class InvocationParameters
{
    private static readonly string[] s_newParameters = [nameof(InvokeNamespaceCommandCommand.New), nameof(InvokeNamespaceCommandCommand.MountProc), nameof(InvokeNamespaceCommandCommand.MapRootUser), nameof(InvokeNamespaceCommandCommand.HostName), nameof(InvokeNamespaceCommandCommand.LoopbackUp)];
    private static readonly string[] s_targetParameters =
    [
        nameof(InvokeNamespaceCommandCommand.ProcessId), nameof(InvokeNamespaceCommandCommand.Name), nameof(InvokeNamespaceCommandCommand.Path), nameof(InvokeNamespaceCommandCommand.InProcess), nameof(InvokeNamespaceCommandCommand.Type), nameof(InvokeNamespaceCommandCommand.SocketDescriptor), nameof(InvokeNamespaceCommandCommand.UserParent), nameof(InvokeNamespaceCommandCommand.FollowCredentials),
        nameof(InvokeNamespaceCommandCommand.PreserveCredentials), nameof(InvokeNamespaceCommandCommand.Root), nameof(InvokeNamespaceCommandCommand.TargetRoot), nameof(InvokeNamespaceCommandCommand.OuterWorkingDirectory), nameof(InvokeNamespaceCommandCommand.TargetWorkingDirectory), nameof(InvokeNamespaceCommandCommand.TargetEnvironment),
        nameof(InvokeNamespaceCommandCommand.JoinCgroup), nameof(InvokeNamespaceCommandCommand.FollowContext), nameof(InvokeNamespaceCommandCommand.UserId), nameof(InvokeNamespaceCommandCommand.GroupId), nameof(InvokeNamespaceCommandCommand.KeepCapabilities), nameof(InvokeNamespaceCommandCommand.NoHostPowerShell),
    ];

    /// <summary>The first parameter given that is of fresh namespaces; null for none.</summary>
    internal static string? FirstNew(InvocationInfo invocation) => s_newParameters.FirstOrDefault(invocation.BoundParameters.ContainsKey);

    /// <summary>The first parameter given that is of existing namespaces; null for none.</summary>
    internal static string? FirstOfTarget(InvocationInfo invocation) => s_targetParameters.FirstOrDefault(invocation.BoundParameters.ContainsKey);
}
