using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using LinuxNamespaces.Kernel;
using LinuxNamespaces.Operations;

namespace LinuxNamespaces.Commands;

/// <summary>Tells what an inventory could not look at: one warning at most, details with -Verbose.</summary>
internal static class InventoryReport
{
    internal static void Write(Cmdlet cmdlet, InventoryResult result, bool warn)
    {
        WriteVerbose(cmdlet, result.Problems);
        int hidden = result.Count(InventoryProblemKind.ProcessHidden);
        int others = result.Count(InventoryProblemKind.DescriptorsHidden) + result.Count(InventoryProblemKind.SocketHidden)
            + result.Count(InventoryProblemKind.MountHidden);
        if (warn && hidden + others > 0)
        {
            string more = others > 0 ? string.Create(CultureInfo.InvariantCulture, $", nor {others} descriptor tables, sockets or mounts") : string.Empty;
            string remedy = LinuxUser.IsRoot ? string.Empty : " Run as root to see all.";
            cmdlet.WriteWarning(string.Create(
                CultureInfo.InvariantCulture,
                $"{hidden} of {result.ProcessCount} processes could not be looked at{more}: namespaces may be missing and counts too low.{remedy} -Verbose tells each."));
        }
    }

    internal static void WriteVerbose(Cmdlet cmdlet, IEnumerable<InventoryProblem> problems)
    {
        foreach (InventoryProblem problem in problems)
        {
            cmdlet.WriteVerbose(Describe(problem));
        }
    }

    private static string Describe(InventoryProblem problem)
    {
        string what = problem.Kind switch
        {
            InventoryProblemKind.ProcessEnded => "ended while it was read",
            InventoryProblemKind.ProcessHidden => "its namespaces may not be read",
            InventoryProblemKind.DescriptorsHidden => "its descriptors may not be listed",
            InventoryProblemKind.SocketHidden => "the net namespace of a socket may not be asked for",
            _ => "cannot be opened",
        };
        string subject = problem.Path ?? string.Create(CultureInfo.InvariantCulture, $"Process {problem.ProcessId}");
        return $"{subject}: {what} ({Errno.Name(problem.Errno)}).";
    }
}
