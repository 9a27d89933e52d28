using System;
using System.Collections.Generic;
using System.Globalization;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Operations.Start.Maps;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>Offset of the monotonic clock in a new time namespace.</summary>
    internal TimeSpan? MonotonicOffset { get; init; }

    /// <summary>Offset of the boot-time clock.</summary>
    internal TimeSpan? BootTimeOffset { get; init; }
}

/// <summary>Sets the clocks of a new time namespace. The offsets must be written before anything runs in it.</summary>
internal sealed class ClocksPart(SpawnRequest request) : StartPart
{
    private const string FileName = "timens_offsets";
    private const long NanosecondsPerTick = 100;

    private readonly SpawnRequest _request = request;

    internal override void Validate() =>
        RequestRules.Require(_request.Types, NamespaceType.Time, _request.MonotonicOffset is not null || _request.BootTimeOffset is not null, "Clock offsets");

    internal override IEnumerable<GateWork> WorkAt(StartGate gate)
    {
        if (gate != StartGate.First)
        {
            yield break;
        }

        if (_request.MonotonicOffset is TimeSpan monotonic)
        {
            yield return new GateWork($"monotonic clock {monotonic:c}", _request.BootTimeOffset is null ? seen => Write(seen.ProcessId) : null);
        }

        if (_request.BootTimeOffset is TimeSpan boot)
        {
            yield return new GateWork($"boot-time clock {boot:c}", seen => Write(seen.ProcessId));
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

    // Both clocks in one write.
    private void Write(int processId) => IdMapWriter.WriteFile(
        processId,
        FileName,
        (_request.MonotonicOffset is TimeSpan monotonic ? Line("monotonic", monotonic) : string.Empty) + (_request.BootTimeOffset is TimeSpan boot ? Line("boottime", boot) : string.Empty),
        Refused);

    private static NamespaceException? Refused(LinuxException failure) => new(
        ErrorIds.TimeOffsetRefused,
        "The kernel refused the clock offsets.",
        failure.NativeErrorCode == LibC.ERANGE
            ? "The clocks inside may neither be below zero nor above 146 years: a negative offset may not be larger than the uptime."
            : "Offsets need CAP_SYS_TIME in the user namespace that owns the time namespace: add -Type User, or run as root.",
        failure);
}
