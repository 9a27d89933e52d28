using System;
using System.Globalization;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>A PID with the moment its process started; none where there was no such process.</summary>
internal sealed record ProcessIdentity(int ProcessId, ulong? StartTicks)
{
    /// <summary>The process that has the number now.</summary>
    internal static ProcessIdentity Of(int processId)
    {
        ulong? startTicks = null;
        try
        {
            using ProcFileSystem proc = ProcFileSystem.Open();
            if (ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
            {
                using (process)
                {
                    startTicks = process.TryReadStat(out ProcessStat stat) ? stat.StartTime : null;
                }
            }
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            // Without /proc nothing can be told of any process: said when the target is used.
            return new ProcessIdentity(processId, null);
        }

        return new ProcessIdentity(processId, startTicks);
    }

    public override string ToString() => ProcessId.ToString(CultureInfo.InvariantCulture);
}
