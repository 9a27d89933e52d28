using System;
using System.Linq;
using System.Text;

namespace LinuxNamespaces.Commands.Remote.Wire;

/// <summary>
/// The lines of PowerShell's remoting protocol in what a child writes. Anything else, a banner or the output of a program that has inherited the stream, is
/// kept for the diagnosis instead: a single such line would break the session.
/// </summary>
/// <param name="take">Takes a line of the protocol.</param>
internal sealed class ProtocolLines(Action<string> take)
{
    // A fragment has 32 KiB by default, a third more in base64; no honest line comes near this.
    private const int MaxLength = 16 * 1024 * 1024;
    private const int MaxStray = 2048;

    private static readonly byte[][] s_elements = [.. new[] { "<Data", "<Command", "<Close", "<Signal" }.Select(Encoding.ASCII.GetBytes)];

    private readonly StringBuilder _stray = new();
    private byte[] _line = new byte[64 * 1024];
    private int _length;
    private bool _isTooLong;

    /// <summary>The lines that do not belong to the protocol, shortened.</summary>
    internal string Stray
    {
        get
        {
            lock (_stray)
            {
                return _stray.ToString();
            }
        }
    }

    /// <summary>Takes a block, which may end within a line; nothing is the end.</summary>
    internal void Add(ReadOnlySpan<byte> block)
    {
        int end;
        while ((end = block.IndexOf((byte)'\n')) >= 0)
        {
            Append(block[..end]);
            EndLine();
            block = block[(end + 1)..];
        }

        Append(block);
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (_isTooLong || _length + (long)part.Length > MaxLength)
        {
            _isTooLong = true;
            return;
        }

        if (_length + part.Length > _line.Length)
        {
            Array.Resize(ref _line, Math.Min(MaxLength, Math.Max(2 * _line.Length, _length + part.Length)));
        }

        part.CopyTo(_line.AsSpan(_length));
        _length += part.Length;
    }

    private void EndLine()
    {
        ReadOnlySpan<byte> line = _line.AsSpan(0, _length).TrimEnd((byte)'\r');
        bool isTooLong = _isTooLong;
        _length = 0;
        _isTooLong = false;
        if (isTooLong)
        {
            Keep("(a line of more than 16 MiB)");
        }
        else if (IsElement(line))
        {
            take(Encoding.UTF8.GetString(line));
        }
        else if (!line.IsEmpty)
        {
            Keep(Encoding.UTF8.GetString(line[..Math.Min(line.Length, MaxStray)]));
        }
    }

    private static bool IsElement(ReadOnlySpan<byte> line)
    {
        foreach (byte[] element in s_elements)
        {
            if (line.StartsWith(element))
            {
                return true;
            }
        }

        return false;
    }

    private void Keep(string text)
    {
        lock (_stray)
        {
            if (_stray.Length < MaxStray)
            {
                _stray.Append(text, 0, Math.Min(text.Length, MaxStray - _stray.Length)).Append('\n');
            }
        }
    }
}
