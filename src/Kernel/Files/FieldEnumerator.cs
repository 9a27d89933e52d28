using System;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>The fields of a line, separated by blanks or tabs, as ranges; use with <c>foreach</c>.</summary>
internal ref struct FieldEnumerator(ReadOnlySpan<byte> line)
{
    private readonly ReadOnlySpan<byte> _line = line;
    private int _next;

    public Range Current { get; private set; }

    public readonly FieldEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        int start = _next;
        while (start < _line.Length && IsBlank(_line[start]))
        {
            start++;
        }

        if (start >= _line.Length)
        {
            return false;
        }

        int end = start;
        while (end < _line.Length && !IsBlank(_line[end]))
        {
            end++;
        }

        Current = start..end;
        _next = end;
        return true;
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\n';
}
