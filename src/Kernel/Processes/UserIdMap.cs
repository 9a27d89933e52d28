using System;
using System.Buffers.Text;
using System.Collections.Generic;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>A uid_map or gid_map as it was read. See user_namespaces(7).</summary>
internal sealed class UserIdMap
{
    private readonly List<(uint Inside, uint Outside, uint Count)> _ranges = [];

    /// <summary>Of the text of the file; lines of another form are passed over.</summary>
    internal static UserIdMap Parse(ReadOnlySpan<byte> text)
    {
        UserIdMap map = new();
        Span<uint> numbers = stackalloc uint[3];
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            int field = 0;
            foreach (Range range in new FieldEnumerator(line))
            {
                if (field < 3 && Utf8Parser.TryParse(line[range], out numbers[field], out _))
                {
                    field++;
                }
            }

            if (field == 3)
            {
                map._ranges.Add((numbers[0], numbers[1], numbers[2]));
            }
        }

        return map;
    }

    /// <summary>The id inside for one outside; null where the map has none.</summary>
    internal uint? ToInside(uint outside)
    {
        foreach ((uint inside, uint first, uint count) in _ranges)
        {
            if (outside >= first && outside - first < count)
            {
                return inside + (outside - first);
            }
        }

        return null;
    }
}
