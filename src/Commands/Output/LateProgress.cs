using System;
using System.Globalization;
using System.Management.Automation;

namespace LinuxNamespaces.Commands.Output;

/// <summary>Progress of what takes longer than a moment; of all else nothing is said. For the pipeline's thread.</summary>
internal sealed class LateProgress(Cmdlet cmdlet, string activity)
{
    // Not 0, which is what script blocks inside use.
    private const int ActivityId = 0x6E73;
    private const int PauseMilliseconds = 200;

    private long _next = Environment.TickCount64 + (long)Delay.TotalMilliseconds;
    private bool _isShown;

    /// <summary>How long nothing is said: none in tests.</summary>
    internal static TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Writes the progress, if enough time has passed.</summary>
    /// <param name="what">The noun for the counted things, in the plural.</param>
    /// <param name="done">How many are done.</param>
    /// <param name="total">The total; 0 where it is not known.</param>
    internal void Report(string what, int done, int total)
    {
        long now = Environment.TickCount64;
        if (now < _next)
        {
            return;
        }

        _next = now + PauseMilliseconds;
        _isShown = true;
        string status = total == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{done} {what}")
            : string.Create(CultureInfo.InvariantCulture, $"{done} of {total} {what}");
        cmdlet.WriteProgress(new ProgressRecord(ActivityId, activity, status) { PercentComplete = total == 0 ? -1 : (int)(100L * done / total) });
    }

    /// <summary>Takes it away again.</summary>
    internal void Complete()
    {
        if (_isShown)
        {
            _isShown = false;
            cmdlet.WriteProgress(new ProgressRecord(ActivityId, activity, activity) { RecordType = ProgressRecordType.Completed });
        }
    }
}
