using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;

namespace LinuxNamespaces.Commands.Remote.Wire;

/// <summary>
/// Frames over two pipes: one byte of kind, four of length (little endian), then text in UTF-8. Writing is safe from
/// several threads; reading is one thread's business.
/// </summary>
internal sealed class FrameChannel(Stream input, Stream output) : IDisposable
{
    private const int HeaderLength = 5;
    private const int BlockSize = 1024 * 1024;

    private readonly object _writing = new();

    /// <summary>Sends a frame whole.</summary>
    /// <exception cref="IOException">The other side has ended.</exception>
    internal void Write(FrameKind kind, string text = "")
    {
        byte[] frame = new byte[HeaderLength + Encoding.UTF8.GetByteCount(text)];
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), frame.Length - HeaderLength);
        Encoding.UTF8.GetBytes(text, frame.AsSpan(HeaderLength));
        lock (_writing)
        {
            output.Write(frame);
            output.Flush();
        }
    }

    /// <summary>Waits for a frame; false where the other side has ended.</summary>
    internal bool TryRead(out FrameKind kind, out string text)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        kind = default;
        text = string.Empty;
        if (input.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(header[1..]);
        if (length < 0)
        {
            return false;
        }

        // No more memory than has come: what is inside may lie.
        byte[] payload = new byte[Math.Min(length, BlockSize)];
        for (int filled = 0; filled < length;)
        {
            if (filled == payload.Length)
            {
                Array.Resize(ref payload, (int)Math.Min(length, 2L * filled));
            }

            int wanted = payload.Length - filled;
            if (input.ReadAtLeast(payload.AsSpan(filled), wanted, throwOnEndOfStream: false) < wanted)
            {
                return false;
            }

            filled += wanted;
        }

        kind = (FrameKind)header[0];
        text = Encoding.UTF8.GetString(payload, 0, length);
        return true;
    }

    public void Dispose()
    {
        input.Dispose();
        output.Dispose();
    }
}
