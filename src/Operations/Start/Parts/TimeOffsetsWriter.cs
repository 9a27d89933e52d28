using System;
using System.Collections.Generic;
using System.Globalization;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>Writes the clock offsets of a new time namespace, which must be done before anything runs in it.</summary>
internal static class TimeOffsetsWriter
{
    private const string FileName = "timens_offsets";
    private const long NanosecondsPerTick = 100;

    internal static void Write(int processId, SpawnRequest request)
    {
        string text = (request.MonotonicOffset is TimeSpan monotonic ? Line("monotonic", monotonic) : string.Empty)
            + (request.BootTimeOffset is TimeSpan boot ? Line("boottime", boot) : string.Empty);
        if (text.Length > 0)
        {
            IdMapWriter.WriteFile(processId, FileName, text, SpawnFailure.TimeOffsets);
        }
    }

    /// <summary>What is written, for people.</summary>
    internal static IEnumerable<string> Describe(SpawnRequest request)
    {
        if (request.MonotonicOffset is TimeSpan monotonic)
        {
            yield return $"monotonic clock {monotonic:c}";
        }

        if (request.BootTimeOffset is TimeSpan boot)
        {
            yield return $"boot-time clock {boot:c}";
        }
    }

    /// <summary>Seconds may be negative, nanoseconds may not: -1.5 s is -2 s and 500,000,000 ns.</summary>
    internal static string Line(string clock, TimeSpan offset)
    {
        (long seconds, long ticks) = Math.DivRem(offset.Ticks, TimeSpan.TicksPerSecond);
        if (ticks < 0)
        {
            seconds--;
            ticks += TimeSpan.TicksPerSecond;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{clock} {seconds} {ticks * NanosecondsPerTick}\n");
    }
}
