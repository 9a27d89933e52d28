using System;
using System.Collections.Generic;
using System.Globalization;

namespace LinuxNamespaces.Kernel.ControlGroups;

/// <summary>The limits of a control group. Null does not limit.</summary>
/// <param name="Memory">The most memory, swap included, in bytes.</param>
/// <param name="Processors">The processor time in processors: 0.5 is half of one.</param>
/// <param name="Processes">The most processes and threads.</param>
/// <param name="IoWeight">The share of the disks beside other groups, from 1 to 10000; 100 is the share of a group without a weight.</param>
internal sealed record ControlGroupLimits(long? Memory = null, double? Processors = null, long? Processes = null, int? IoWeight = null)
{
    /// <summary>The period in which processor time is given, in microseconds.</summary>
    internal const int Period = 100_000;

    /// <summary>The file that counts memory, without which a limit of memory is not in force.</summary>
    internal const string MemoryFile = "memory.max";

    // The scheduler BFQ has weights up to 1000. The formula is systemd's, so that both ways give the same share.
    private const int UsualWeight = 100;
    private const int MostWeight = 10_000;
    private const int MostBfqWeight = 1000;

    /// <summary>Whether nothing is limited.</summary>
    internal bool IsEmpty => this == new ControlGroupLimits();

    /// <summary>The controllers that these limits need.</summary>
    internal IEnumerable<string> Controllers
    {
        get
        {
            if (Memory is not null)
            {
                yield return "memory";
            }

            if (Processors is not null)
            {
                yield return "cpu";
            }

            if (Processes is not null)
            {
                yield return "pids";
            }

            if (IoWeight is not null)
            {
                yield return "io";
            }
        }
    }

    /// <summary>The processor time in each second, in microseconds.</summary>
    internal ulong ProcessorTime => (ulong)Math.Round((Processors ?? 0) * 1_000_000);

    /// <summary>
    /// The files of a group and what is to be written there, by controller. One of several files in a row with the same controller is enough:
    /// kernels have the one or the other.
    /// </summary>
    internal IEnumerable<ControlGroupSetting> Settings
    {
        get
        {
            if (Memory is long memory)
            {
                yield return new("memory", MemoryFile, Text(memory));

                // Otherwise a program that has reached the limit would go on in the swap area. Kernels without swap accounting have no such file.
                yield return new("memory", "memory.swap.max", "0", IsOptional: true);
            }

            if (Processors is double processors)
            {
                yield return new("cpu", "cpu.max", $"{Text((long)Math.Round(processors * Period))} {Text(Period)}");
            }

            if (Processes is long processes)
            {
                yield return new("pids", "pids.max", Text(processes));
            }

            if (IoWeight is int weight)
            {
                yield return new("io", "io.weight", "default " + Text(weight), OrElse: new("io", "io.bfq.weight", Text(BfqWeight(weight))));
            }
        }
    }

    /// <summary>The limits for people.</summary>
    public override string ToString()
    {
        List<string> words = [];
        if (Memory is long memory)
        {
            words.Add($"memory {Text(memory)} bytes");
        }

        if (Processors is double processors)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"processors {processors:0.###}"));
        }

        if (Processes is long processes)
        {
            words.Add($"processes {Text(processes)}");
        }

        if (IoWeight is int weight)
        {
            words.Add($"weight of the disks {Text(weight)}");
        }

        return string.Join(", ", words);
    }

    internal static int BfqWeight(int weight) =>
        weight <= UsualWeight ? weight : UsualWeight + ((weight - UsualWeight) * (MostBfqWeight - UsualWeight) / (MostWeight - UsualWeight));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
