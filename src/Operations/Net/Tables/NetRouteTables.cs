using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Net.Tables;

/// <summary>Names of tables of routes: those of the kernel, and those of iproute2's files.</summary>
internal sealed class NetRouteTables
{
    private static readonly string[] s_folders = ["/usr/share/iproute2", "/usr/lib/iproute2", "/etc/iproute2"];

    private readonly Dictionary<uint, string> _names = new() { [253] = "default", [254] = "main", [255] = "local" };

    private NetRouteTables()
    {
    }

    /// <summary>Reads the files there are; later ones take precedence, as with iproute2.</summary>
    internal static NetRouteTables Read()
    {
        NetRouteTables tables = new();
        foreach (string folder in s_folders)
        {
            tables.AddFile(Path.Combine(folder, "rt_tables"));
            foreach (string file in FilesOf(Path.Combine(folder, "rt_tables.d")))
            {
                tables.AddFile(file);
            }
        }

        return tables;
    }

    /// <summary>The name of a table, or its number as text.</summary>
    internal string NameOf(uint id) => _names.GetValueOrDefault(id) ?? id.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number of a table by its name or number.</summary>
    /// <exception cref="NamespaceException">InvalidRoute.</exception>
    internal uint Parse(string text)
    {
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id != 0)
        {
            return id;
        }

        uint[] found = [.. _names.Where(entry => entry.Value == text).Select(entry => entry.Key)];
        return found.Length > 0 ? found[0] : throw new NamespaceException(
            ErrorIds.InvalidRoute,
            $"'{SafeText.Escape(text)}' is not a table of routes.",
            "Give main, local, default, a name of /etc/iproute2/rt_tables, or a number from 1 on.");
    }

    /// <summary>All names there are.</summary>
    internal IEnumerable<string> Names => _names.Values.Order(StringComparer.Ordinal);

    /// <summary>Adds the lines "NUMBER NAME" of a file; comments and lines that are not understood are left out.</summary>
    internal void AddLines(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] fields = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 2 && TryParseNumber(fields[0], out uint id) && id != 0)
            {
                _names[id] = SafeText.Escape(fields[1]);
            }
        }
    }

    private void AddFile(string path)
    {
        if (PlainFile.TryRead(path) is byte[] content)
        {
            AddLines(Encoding.UTF8.GetString(content));
        }
    }

    private static IEnumerable<string> FilesOf(string folder)
    {
        try
        {
            return Directory.GetFiles(folder, "*.conf").Order(StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool TryParseNumber(string text, out uint number) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
