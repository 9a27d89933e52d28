using System;
using System.Collections.Generic;
using System.Globalization;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>
/// Signals as people write them: <c>TERM</c>, <c>SIGTERM</c> or <c>15</c>, <c>RTMIN+2</c>, <c>RTMAX-1</c>. The numbers of the standard ones are
/// the same on all supported architectures.
/// </summary>
internal static class SignalName
{
    private const int Highest = 64;

    // The C library keeps the two or three real-time signals before for itself; glibc's number, which kill(1) and bash go by.
    private const int RealTimeMin = 34;
    private const int RealTimeMax = Highest;

    private static readonly Dictionary<string, string> s_otherNames = new(StringComparer.OrdinalIgnoreCase) { ["IOT"] = "ABRT", ["CLD"] = "CHLD", ["POLL"] = "IO", ["UNUSED"] = "SYS" };

    private static readonly string[] s_names =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>All names, in the order of their numbers from 1 on.</summary>
    internal static ReadOnlySpan<string> All => s_names;

    /// <summary>The name of a number: <c>SIGTERM</c>; of a real-time signal the number.</summary>
    internal static string Of(int number) => number <= s_names.Length ? "SIG" + s_names[number - 1] : number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number of a signal.</summary>
    /// <exception cref="NamespaceException">InvalidRequest: there is no such signal.</exception>
    internal static int Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= Highest)
        {
            return number;
        }

        string name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        if (ParseRealTime(name) is int realTime)
        {
            return realTime;
        }

        name = s_otherNames.GetValueOrDefault(name, name);
        int index = Array.FindIndex(s_names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index >= 0
            ? index + 1
            : throw new NamespaceException(ErrorIds.InvalidRequest, $"There is no signal '{SafeText.Escape(text)}'.", "Write a name such as TERM or RTMIN+2, or a number from 1 to 64.");
    }

    // RTMIN, RTMIN+N, RTMAX, RTMAX-N; null for anything else.
    private static int? ParseRealTime(string name)
    {
        bool isMin = name.StartsWith("RTMIN", StringComparison.OrdinalIgnoreCase);
        if (!isMin && !name.StartsWith("RTMAX", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string rest = name[5..];
        if (rest.Length == 0)
        {
            return isMin ? RealTimeMin : RealTimeMax;
        }

        return rest[0] == (isMin ? '+' : '-') && int.TryParse(rest.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int step) && step <= RealTimeMax - RealTimeMin
            ? isMin ? RealTimeMin + step : RealTimeMax - step
            : null;
    }
}
