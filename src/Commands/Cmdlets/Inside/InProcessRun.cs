using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using LinuxNamespaces.Commands.Remote.Client;
using LinuxNamespaces.Operations.Enter;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>A script block on the session's own thread, inside.</summary>
internal static class InProcessRun
{
    /// <summary>Goes inside, runs the script block of the command, comes back and writes what it wrote.</summary>
    internal static void Invoke(InvokeNamespaceCommandCommand command, InvocationSink sink, TargetJoin join)
    {
        InProcessVisit visit = InProcessVisit.Enter(join);
        IReadOnlyList<int> left;
        Collection<PSObject> output;
        try
        {
            output = command.ScriptBlock!.Invoke(command.ArgumentList);
        }
        finally
        {
            left = visit.Leave();
        }

        // Only now: what comes after in the pipeline is to run outside.
        foreach (PSObject result in output)
        {
            sink.WriteOutput(join.Label, result);
        }

        if (left.Count > 0)
        {
            command.WriteWarning($"{left.Count} thread(s) that were started meanwhile stay in {join.Label}: {string.Join(", ", left)}.");
        }
    }
}
