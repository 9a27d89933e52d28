using System;
using System.Buffers.Text;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>Numbers behind names, in the small files of the kernel.</summary>
internal static class NumberText
{
    /// <summary>The number behind a name, blanks between passed over, as <c>QSIZE:129</c> or <c>Pss:     12 kB</c>; null where there is none.</summary>
    internal static long? FindBehind(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        int start = text.IndexOf(name);
        return start >= 0 && Utf8Parser.TryParse(text[(start + name.Length)..].TrimStart(" \t"u8), out long number, out _) ? number : null;
    }
}
