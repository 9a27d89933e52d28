using System;
using System.Buffers;
using System.Text;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>Makes lines of text in UTF-8 that comes in blocks. A line ends with LF, CR LF or CR, and the last one with the text.</summary>
internal sealed class LineSplitter(Action<string> write)
{
    private readonly Action<string> _write = write;
    private readonly Decoder _decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetDecoder();
    private readonly StringBuilder _begun = new();

    // The last block ended with CR: an LF that comes now belongs to it.
    private bool _skipsLineFeed;

    /// <summary>Takes a block, which may end within a character; nothing is the end.</summary>
    internal void Add(ReadOnlySpan<byte> block)
    {
        bool isEnd = block.IsEmpty;
        char[] buffer = ArrayPool<char>.Shared.Rent(_decoder.GetCharCount(block, isEnd));
        int length = _decoder.GetChars(block, buffer, isEnd);
        Split(buffer.AsSpan(0, length));
        ArrayPool<char>.Shared.Return(buffer);
        if (isEnd && _begun.Length > 0)
        {
            Write([]);
        }
    }

    private void Split(ReadOnlySpan<char> text)
    {
        if (_skipsLineFeed && text.Length > 0)
        {
            _skipsLineFeed = false;
            text = text[0] == '\n' ? text[1..] : text;
        }

        int end;
        while ((end = text.IndexOfAny('\r', '\n')) >= 0)
        {
            Write(text[..end]);
            bool isReturn = text[end] == '\r';
            text = text[(end + 1)..];
            _skipsLineFeed = isReturn && text.IsEmpty;
            if (isReturn && text.Length > 0 && text[0] == '\n')
            {
                text = text[1..];
            }
        }

        _begun.Append(text);
    }

    private void Write(ReadOnlySpan<char> rest)
    {
        string line = _begun.Length == 0 ? rest.ToString() : _begun.Append(rest).ToString();
        _begun.Clear();
        _write(line);
    }
}
