using System.Linq;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Remote.Client;
using LinuxNamespaces.Operations.Enter;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Whether the session's PowerShell can be started where a join leads.</summary>
internal static class PowerShellPlace
{
    /// <summary>Takes out of the join what PowerShell cannot follow to.</summary>
    /// <exception cref="NamespaceException">InvalidRequest, PowerShellNotFound.</exception>
    internal static void Prepare(InsideCommand command, TargetJoin join, PowerShellProgram program)
    {
        if (join.RootDirectory is not null)
        {
            throw new NamespaceException(ErrorRecords.InvalidRequest, "A script block cannot run below another root, where there is no PowerShell.", "Run a program with -FilePath.");
        }

        if (!join.Joins(NamespaceType.Mnt))
        {
            return;
        }

        // Only the session's own PowerShell is trusted to be one: a target's file of that name is another matter.
        using InsideRoot? root = InsideRoot.TryOpen(join);
        if (root?.HasSame(program.Path) == true)
        {
            return;
        }

        if (command.Type?.Contains(NamespaceType.Mnt) == true)
        {
            throw new NamespaceException(
                ErrorRecords.PowerShellNotFound, $"In the mount namespace of {join.Label} there is no {program.Path}, which is to run the script block.", "Leave Mnt out of -Type, or run a program with -FilePath.");
        }

        join.Remove(NamespaceType.Mnt);
        command.WriteWarning($"The mount namespace of {join.Label} is not joined, because PowerShell is not there: files are those of the session.");
    }
}
