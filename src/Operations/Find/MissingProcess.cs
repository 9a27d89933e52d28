using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Mounts;

namespace LinuxNamespaces.Operations.Find;

/// <summary>A process that is not there; or that /proc does not show, which is not the same.</summary>
internal static class MissingProcess
{
    /// <summary>That /proc hides processes of others.</summary>
    internal static InventoryProblem Unlisted => new(InventoryProblemKind.ProcessesUnlisted, 0, LibC.ENOENT, "/proc");

    /// <summary>The error of having asked for one.</summary>
    internal static NamespaceException Describe(int processId, LinuxException? inner = null) => Describe(processId, ProcessHiding.Read().IsInForce, inner);

    /// <summary>The same, where it is known whether /proc hides processes.</summary>
    internal static NamespaceException Describe(int processId, bool isHiding, LinuxException? inner = null) => isHiding
        ? new(ErrorIds.ProcessNotFound, $"There is no process {processId} that you may see: /proc hides processes of other users (hidepid).", "Run as root, or as the user of that process.", inner)
        : new(ErrorIds.ProcessNotFound, $"There is no process {processId}.", null, inner);
}
