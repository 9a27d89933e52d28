using System;
using System.Linq;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>Chooses the shell for a target in which PowerShell does not start.</summary>
internal static class ShellRequest
{
    /// <summary>Completes a request with the login shell of the user inside, or else /bin/sh.</summary>
    /// <param name="request">A request without a program.</param>
    /// <param name="join">The target.</param>
    /// <param name="root">The root directory inside; null where the session's files stay.</param>
    /// <param name="keepsIds">Whether the user of the session stays the same in a joined user namespace.</param>
    internal static SpawnRequest Complete(SpawnRequest request, TargetJoin join, InsideRoot? root, bool keepsIds)
    {
        uint userId = request.UserId ?? (join.Joins(NamespaceType.User) && !keepsIds ? 0 : ProcessCredentials.UserId);
        string? shell = root is null ? null : InsideShell.Find(root, userId) ?? InsideShell.Default;
        return request with
        {
            Environment = shell is null ? request.Environment : [.. request.Environment.Where(entry => !entry.StartsWith("SHELL=", StringComparison.Ordinal)), "SHELL=" + shell],
            FallbackPrograms = [InsideShell.Default, "sh"],
            SearchPath = join.Process is null ? request.SearchPath : TargetDetails.ReadSearchPath(join.Process) ?? request.SearchPath,
        };
    }
}
