using System;
using System.Globalization;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>Signals as people write them: <c>TERM</c>, <c>SIGTERM</c> or <c>15</c>. The standard ones, whose numbers all supported architectures share.</summary>
internal static class SignalName
{
    private const int Highest = 64;

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
        int index = Array.FindIndex(s_names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index >= 0
            ? index + 1
            : throw new NamespaceException("InvalidRequest", $"There is no signal '{SafeText.Escape(text)}'.", "Write a name such as TERM, or a number from 1 to 64.");
    }
}
