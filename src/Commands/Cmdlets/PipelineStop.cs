using System;
using System.Management.Automation;

namespace LinuxNamespaces.Commands;

/// <summary>The end of a pipeline that was stopped.</summary>
internal static class PipelineStop
{
    /// <summary>Waits for something. A stop ends the waiting; what still runs is ended when the cmdlet is disposed of.</summary>
    internal static void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }
}
