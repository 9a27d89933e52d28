using System.Globalization;

namespace LinuxNamespaces;

/// <summary>A PID with the moment its process started; none where there was no such process.</summary>
internal sealed record ProcessIdentity(int ProcessId, ulong? StartTicks)
{
    /// <summary>The process that has the number now. Without /proc nothing is known of any process: that is said when the target is used.</summary>
    internal static ProcessIdentity Of(int processId) => new(processId, IMachine.This.StartTicksOf(processId));

    public override string ToString() => ProcessId.ToString(CultureInfo.InvariantCulture);
}
