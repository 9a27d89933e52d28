using System;
using System.Globalization;
using System.Text;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>
/// Text from outside (process names, command lines, mount points) made fit for a terminal: a process may call
/// itself anything, escape sequences included.
/// </summary>
internal static class SafeText
{
    /// <summary>
    /// Decodes UTF-8. Control, format and unassigned code points become C escapes (<c>\n</c>, <c>\x1b</c>,
    /// <c>\u202e</c>); bytes that are not UTF-8 become U+FFFD; a backslash stays what it is.
    /// </summary>
    internal static string FromUtf8(ReadOnlySpan<byte> bytes) => Escape(Encoding.UTF8.GetString(bytes));

    /// <summary>The same for text already decoded.</summary>
    internal static string Escape(string text)
    {
        int clean = text.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        if (clean < 0)
        {
            return text;
        }

        StringBuilder safe = new(text, 0, clean, text.Length + 16);
        foreach (Rune rune in text.AsSpan(clean).EnumerateRunes())
        {
            Append(safe, rune);
        }

        return safe.ToString();
    }

    private static void Append(StringBuilder safe, Rune rune)
    {
        switch (rune.Value)
        {
            case '\n': safe.Append("\\n"); return;
            case '\t': safe.Append("\\t"); return;
            case '\r': safe.Append("\\r"); return;
            default: break;
        }

        bool visible = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);
        if (visible)
        {
            safe.Append(rune);
            return;
        }

        string format = rune.Value switch { < 0x100 => $"\\x{rune.Value:x2}", < 0x10000 => $"\\u{rune.Value:x4}", _ => $"\\U{rune.Value:x8}" };
        safe.Append(format);
    }
}
