using System;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Look;

/// <summary>The resources that several processes use together.</summary>
internal sealed class UsageSum
{
    private static readonly double s_ticksPerSecond = LibC.sysconf(LibC._SC_CLK_TCK);

    private ulong _ticks;
    private double _percent;
    private long _threads;
    private long _descriptors;
    private long _resident;
    private long _proportional;
    private long _shared;
    private long _read;
    private long _written;
    private long _readCharacters;
    private long _writtenCharacters;
    private int _hidden;

    internal int ProcessCount { get; private set; }

    /// <summary>The lowest PID of them; 0 for none.</summary>
    internal int FirstProcess { get; private set; }

    /// <summary>The share of one processor that so many clock ticks within a time are.</summary>
    internal static double PercentOf(ulong ticks, TimeSpan time) => time > TimeSpan.Zero ? 100 * ticks / s_ticksPerSecond / time.TotalSeconds : 0;

    internal void Add(int processId, in ProcessUsage usage, double percent)
    {
        ProcessCount++;
        FirstProcess = FirstProcess == 0 ? processId : Math.Min(FirstProcess, processId);
        _ticks += usage.Ticks;
        _percent += percent;
        _threads += usage.Threads;
        _descriptors += usage.Descriptors;
        _resident += usage.ResidentBytes;
        _proportional += usage.ProportionalBytes;
        _shared += usage.SharedBytes;
        _read += usage.ReadBytes;
        _written += usage.WrittenBytes;
        _readCharacters += usage.ReadCharacters;
        _writtenCharacters += usage.WrittenCharacters;
        _hidden += usage.IsHidden ? 1 : 0;
    }

    internal void Add(UsageSum other)
    {
        ProcessCount += other.ProcessCount;
        FirstProcess = FirstProcess == 0 ? other.FirstProcess : Math.Min(FirstProcess, other.FirstProcess);
        _ticks += other._ticks;
        _percent += other._percent;
        _threads += other._threads;
        _descriptors += other._descriptors;
        _resident += other._resident;
        _proportional += other._proportional;
        _shared += other._shared;
        _read += other._read;
        _written += other._written;
        _readCharacters += other._readCharacters;
        _writtenCharacters += other._writtenCharacters;
        _hidden += other._hidden;
    }

    /// <summary>As the module shows it.</summary>
    internal NamespaceUsage ToUsage(NamespaceType? type, ulong? inode, string? name, string? container, bool isFast, bool isWatched) => new()
    {
        Type = type,
        Namespace = name,
        NamespaceInode = inode,
        Container = container,
        ProcessCount = ProcessCount,
        ThreadCount = _threads,
        DescriptorCount = isFast ? null : _descriptors,
        CpuTime = TimeSpan.FromSeconds(_ticks / s_ticksPerSecond),
        CpuPercent = isWatched ? Math.Round(_percent, 2) : null,
        ResidentBytes = _resident,
        ProportionalBytes = isFast ? null : _proportional,
        SharedBytes = _shared,
        ReadBytes = _read,
        WrittenBytes = _written,
        ReadCharacters = _readCharacters,
        WrittenCharacters = _writtenCharacters,
        HiddenCount = _hidden,
    };
}
