using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>One line of a mountinfo file, its fields as they stand there. See proc_pid_mountinfo(5).</summary>
internal readonly ref struct MountInfo
{
    /// <summary>The table of the calling thread's mount namespace; ends in NUL.</summary>
    internal static ReadOnlySpan<byte> OwnTable => "/proc/thread-self/mountinfo\0"u8;

    /// <summary>The number of the mount.</summary>
    internal ReadOnlySpan<byte> Id { get; private init; }

    /// <summary>The number of the mount it lies on.</summary>
    internal ReadOnlySpan<byte> ParentId { get; private init; }

    /// <summary>The device number of its file system, MAJOR:MINOR.</summary>
    internal ReadOnlySpan<byte> Device { get; private init; }

    /// <summary>The root of the mount within its file system, escaped.</summary>
    internal ReadOnlySpan<byte> Root { get; private init; }

    /// <summary>The mount point, escaped.</summary>
    internal ReadOnlySpan<byte> MountPoint { get; private init; }

    /// <summary>The options of the mount itself: ro, nosuid and their like.</summary>
    internal ReadOnlySpan<byte> MountOptions { get; private init; }

    /// <summary>The optional fields, of which propagation is made.</summary>
    internal ReadOnlySpan<byte> Optional { get; private init; }

    /// <summary>The type of the file system.</summary>
    internal ReadOnlySpan<byte> Type { get; private init; }

    /// <summary>The options of the file system.</summary>
    internal ReadOnlySpan<byte> SuperOptions { get; private init; }

    /// <summary>Whether the mount passes on what is mounted below it.</summary>
    internal bool IsShared => Optional.StartsWith("shared:"u8) || Optional.IndexOf(" shared:"u8) >= 0;

    /// <summary>Whether it is of this file system; see <see cref="FileStatus.Device"/>.</summary>
    internal bool IsOn(ulong device) => TryParseDevice(Device, out ulong own) && own == device;

    /// <summary>The device number of a line, major and minor in one value.</summary>
    internal static bool TryParseDevice(ReadOnlySpan<byte> text, out ulong device)
    {
        device = 0;
        if (!Utf8Parser.TryParse(text, out uint major, out int length) || length + 1 >= text.Length || !Utf8Parser.TryParse(text[(length + 1)..], out uint minor, out _))
        {
            return false;
        }

        device = ((ulong)major << 32) | minor;
        return true;
    }

    /// <summary>The mount point as it is, without escapes.</summary>
    internal string Path => Encoding.UTF8.GetString(Unescape(MountPoint).AsSpan()[..^1]);

    /// <summary>The lines of a table; lines that are not of the documented form are passed over.</summary>
    internal static Lines Of(ReadOnlySpan<byte> table) => new(table);

    /// <summary>The whole table of the calling thread's mount namespace; empty where it cannot be read.</summary>
    internal static byte[] ReadOwn() => TryReadTable(LibC.AT_FDCWD, OwnTable) ?? [];

    /// <summary>A whole table, by its path (ends in NUL); null with errno.</summary>
    internal static byte[]? TryReadTable(int directory, ReadOnlySpan<byte> path)
    {
        using Descriptor file = Descriptor.OpenAt(directory, path, LibC.O_RDONLY);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int length = file.IsOpen ? ReadWhole(file, ref buffer) : -1;
            return length < 0 ? null : buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a whole table into a rented buffer, which may become a larger one; -1 with errno where a read fails.</summary>
    internal static int ReadWhole(Descriptor file, ref byte[] buffer)
    {
        int length = 0;
        while (true)
        {
            int got = file.Read(buffer.AsSpan(length));
            if (got < 0)
            {
                return -1;
            }

            length += got;
            if (length < buffer.Length)
            {
                return length;
            }

            byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }
    }

    /// <summary>A field as it is, with a NUL at its end: any \ooo, not only the four the kernel writes today.</summary>
    internal static byte[] Unescape(ReadOnlySpan<byte> text)
    {
        byte[] path = new byte[text.Length + 1];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == (byte)'\\' && i + 3 < text.Length && IsOctal(text[i + 1]) && IsOctal(text[i + 2]) && IsOctal(text[i + 3]))
            {
                path[length++] = (byte)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0'));
                i += 3;
            }
            else
            {
                path[length++] = text[i];
            }
        }

        return path.AsSpan(0, length + 1).ToArray();
    }

    /// <summary>A field as text without escapes, safe for a terminal.</summary>
    internal static string Decode(ReadOnlySpan<byte> text) => text.IndexOf((byte)'\\') < 0
        ? SafeText.FromUtf8(text)
        : SafeText.FromUtf8(Unescape(text).AsSpan()[..^1]);

    private static bool IsOctal(byte digit) => digit is >= (byte)'0' and <= (byte)'7';

    private static bool TryParse(ReadOnlySpan<byte> line, out MountInfo mount)
    {
        mount = default;
        Range id = default;
        Range parent = default;
        Range device = default;
        Range root = default;
        Range point = default;
        Range type = default;
        Range own = default;
        Range options = default;
        int optional = 0;
        int optionalEnd = 0;
        int field = 1;
        foreach (Range range in new FieldEnumerator(line))
        {
            switch (field)
            {
                case 1:
                    id = range;
                    break;
                case 2:
                    parent = range;
                    break;
                case 3:
                    device = range;
                    break;
                case 4:
                    root = range;
                    break;
                case 5:
                    point = range;
                    break;
                case 6:
                    own = range;
                    break;
                case 7 when !line[range].SequenceEqual("-"u8):
                    // Any number of these.
                    optional = optional == 0 ? range.Start.Value : optional;
                    optionalEnd = range.End.Value;
                    continue;
                case 8:
                    type = range;
                    break;
                case 10:
                    options = range;
                    break;
            }

            field++;
        }

        if (field <= 8)
        {
            return false;
        }

        mount = new MountInfo
        {
            Id = line[id],
            ParentId = line[parent],
            Device = line[device],
            Root = line[root],
            MountPoint = line[point],
            MountOptions = line[own],
            Optional = line[optional..optionalEnd],
            Type = line[type],
            SuperOptions = line[options],
        };
        return true;
    }

    /// <summary>The lines of a table, for <c>foreach</c>.</summary>
    internal ref struct Lines(ReadOnlySpan<byte> table)
    {
        private LineEnumerator _lines = new(table);
        private MountInfo _current;

        public readonly MountInfo Current => _current;

        public readonly Lines GetEnumerator() => this;

        public bool MoveNext()
        {
            while (_lines.MoveNext())
            {
                if (TryParse(_lines.Current, out _current))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
