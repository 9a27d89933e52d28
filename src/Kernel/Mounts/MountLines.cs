using System;
using System.Buffers;
using System.Buffers.Text;
using System.Collections.Generic;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>All mounts of a mountinfo file, for kernels that tell them in no other way. See proc_pid_mountinfo(5).</summary>
internal static class MountLines
{
    /// <summary>The mounts of an open file; null with errno where it cannot be read.</summary>
    internal static List<MountEntry>? TryRead(Descriptor file)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int length = file.IsOpen ? MountInfo.ReadWhole(file, ref buffer) : -1;
            return length < 0 ? null : Parse(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The mounts of a table; lines that are not of the documented form are passed over.</summary>
    internal static List<MountEntry> Parse(ReadOnlySpan<byte> table)
    {
        List<MountEntry> mounts = [];
        foreach (ReadOnlySpan<byte> line in new LineEnumerator(table))
        {
            if (ParseLine(line) is MountEntry mount)
            {
                mounts.Add(mount);
            }
        }

        return mounts;
    }

    // Fields are split at each blank: a source may be empty, and blanks within are escaped.
    private static MountEntry? ParseLine(ReadOnlySpan<byte> line)
    {
        const byte Blank = (byte)' ';
        bool isWhole = Utf8Parser.TryParse(Take(ref line, Blank), out int id, out _);
        isWhole &= Utf8Parser.TryParse(Take(ref line, Blank), out int parentId, out _);
        ReadOnlySpan<byte> device = Take(ref line, Blank);
        isWhole &= Utf8Parser.TryParse(Take(ref device, (byte)':'), out uint major, out _);
        isWhole &= Utf8Parser.TryParse(device, out uint minor, out _);
        ReadOnlySpan<byte> root = Take(ref line, Blank);
        ReadOnlySpan<byte> mountPoint = Take(ref line, Blank);
        ReadOnlySpan<byte> options = Take(ref line, Blank);
        ulong peerGroup = 0;
        ulong masterGroup = 0;
        ulong propagateFrom = 0;
        bool isUnbindable = false;
        while (true)
        {
            if (line.IsEmpty)
            {
                return null;
            }

            ReadOnlySpan<byte> optional = Take(ref line, Blank);
            if (optional.SequenceEqual("-"u8))
            {
                break;
            }

            ReadOnlySpan<byte> name = Take(ref optional, (byte)':');
            _ = Utf8Parser.TryParse(optional, out ulong number, out _);
            peerGroup = name.SequenceEqual("shared"u8) ? number : peerGroup;
            masterGroup = name.SequenceEqual("master"u8) ? number : masterGroup;
            propagateFrom = name.SequenceEqual("propagate_from"u8) ? number : propagateFrom;
            isUnbindable |= name.SequenceEqual("unbindable"u8);
        }

        ReadOnlySpan<byte> type = Take(ref line, Blank);
        ReadOnlySpan<byte> source = Take(ref line, Blank);
        return !isWhole || line.IsEmpty ? null : new MountEntry
        {
            Id = id,
            ParentId = parentId,
            Major = major,
            Minor = minor,
            Root = MountInfo.Decode(root),
            MountPoint = MountInfo.Decode(mountPoint),
            Type = MountInfo.Decode(type),
            Source = MountInfo.Decode(source),
            Options = MountInfo.Decode(options),
            SuperOptions = MountInfo.Decode(line),
            PeerGroup = peerGroup,
            MasterGroup = masterGroup,
            PropagateFrom = propagateFrom,
            IsUnbindable = isUnbindable,
        };
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, byte end)
    {
        int length = rest.IndexOf(end);
        ReadOnlySpan<byte> field = length < 0 ? rest : rest[..length];
        rest = length < 0 ? default : rest[(length + 1)..];
        return field;
    }
}
