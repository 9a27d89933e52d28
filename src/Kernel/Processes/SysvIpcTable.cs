using System;
using System.Collections.Generic;
using System.Text;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The rows of a file of /proc/sysvipc: numbers below the names of columns, which newer kernels add to. See proc_sysvipc(5).</summary>
internal static class SysvIpcTable
{
    /// <summary>The rows of a file, by the names of its columns; those that are not of that form are passed over.</summary>
    internal static List<Dictionary<string, long>> Parse(ReadOnlySpan<byte> text)
    {
        List<Dictionary<string, long>> rows = [];
        string[] names = [];
        foreach (ReadOnlySpan<byte> line in new LineEnumerator(text))
        {
            List<string> fields = [];
            foreach (Range range in new FieldEnumerator(line))
            {
                fields.Add(Encoding.ASCII.GetString(line[range]));
            }

            if (names.Length == 0)
            {
                names = [.. fields];
            }
            else if (ParseRow(names, fields) is Dictionary<string, long> row)
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    private static Dictionary<string, long>? ParseRow(string[] names, List<string> fields)
    {
        if (fields.Count != names.Length)
        {
            return null;
        }

        Dictionary<string, long> row = [];
        for (int i = 0; i < names.Length; i++)
        {
            if (!long.TryParse(fields[i], System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out long number))
            {
                return null;
            }

            row[names[i]] = number;
        }

        return row;
    }
}
