using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Text;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Puts a map into the page that web/ builds: its data, and a table that needs no script.</summary>
internal static class MapPage
{
    /// <summary>The page without data, in the folder of assets.</summary>
    internal const string Template = "map.html";

    // Columns of the table. The details have the rest.
    private static readonly (string Title, string[] Properties)[] s_columns =
    [
        ("Command or peer", ["Command", "PeerInterfaceName"]),
        ("PID", ["ProcessId"]),
        ("User", ["UserName"]),
        ("Source or state", ["Source", "State"]),
        ("Container or bridge", ["Container", "Master"]),
        ("Address or mount point", ["Address", "MountPoint"]),
    ];

    /// <summary>The whole page.</summary>
    /// <exception cref="NamespaceException">MapAssetMissing: the module lacks its page.</exception>
    internal static string Write(NamespaceMap map, string first, string assets, DateTime when)
    {
        StringBuilder page = new();
        foreach (string part in MapAsset.Read(assets, Template).Split("@@"))
        {
            page.Append(part switch
            {
                "TITLE" => WebUtility.HtmlEncode(map.Title),
                "WHEN" => WebUtility.HtmlEncode(when.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)),
                "TABLE" => WriteTable(map),
                "DATA" => WriteData(map, first),
                _ => part,
            });
        }

        return page.ToString();
    }

    // Most of it is the same words over and over: a tenth is left. More effort would halve that, and costs more than all the rest of the writing.
    private static string WriteData(NamespaceMap map, string first)
    {
        using MemoryStream compressed = new();
        using (GZipStream zip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            MapJson.Write(zip, map, first);
        }

        return Convert.ToBase64String(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
    }

    private static string WriteTable(NamespaceMap map)
    {
        bool withHosts = map.Hosts.Count > 1;
        StringBuilder table = new("<table>\n<thead><tr>");
        foreach (string title in (IEnumerable<string>)[.. withHosts ? new[] { "Host" } : [], "Type", "Name", .. s_columns.Select(column => column.Title)])
        {
            table.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{title}</th>");
        }

        table.Append("</tr></thead>\n<tbody>\n");
        for (int i = 0; i < map.Items.Count; i++)
        {
            MapItem item = map.Items[i];
            table.Append(CultureInfo.InvariantCulture, $"<tr data-item=\"{i}\">");
            foreach (string text in (IEnumerable<string>)[.. withHosts ? new[] { MapItems.Clean(item.Host) } : [], item.Filter, item.Title, .. s_columns.Select(column => ValueOf(item, column.Properties))])
            {
                table.Append("<td>").Append(WebUtility.HtmlEncode(text)).Append("</td>");
            }

            table.Append("</tr>\n");
        }

        return table.Append("</tbody>\n</table>").ToString();
    }

    private static string ValueOf(MapItem item, string[] properties) =>
        item.Details.FirstOrDefault(detail => properties.Contains(detail.Name)).Value ?? string.Empty;
}
