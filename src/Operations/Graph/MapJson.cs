using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Writes a map as JSON, for the page and for the program that draws SVG. The encoder escapes all that could be markup.</summary>
internal static class MapJson
{
    private const int PartSize = 32 * 1024;

    internal static void Write(Stream stream, NamespaceMap map, string first)
    {
        using Utf8JsonWriter json = new(stream);
        WriteMap(json, map, first);
    }

    /// <summary>Writes the input of the drawing program: a map, and the picture to draw.</summary>
    internal static string WriteRequest(NamespaceMap map, string picture)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteString("picture", picture);
            json.WritePropertyName("map");
            WriteMap(json, map, picture);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteMap(Utf8JsonWriter json, NamespaceMap map, string first)
    {
        json.WriteStartObject();
        json.WriteString("title", map.Title);
        json.WriteString("first", first);
        WriteStrings(json, "hosts", map.Hosts);
        json.WriteStartArray("items");
        foreach (MapItem item in map.Items)
        {
            WriteItem(json, item);
            FlushPart(json);
        }

        json.WriteEndArray();
        json.WriteStartArray("pictures");
        foreach (MapPicture picture in map.Pictures)
        {
            WritePicture(json, picture);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // A large map is handed on in parts. One piece of some megabytes costs more in memory than its writing costs in time.
    private static void FlushPart(Utf8JsonWriter json)
    {
        if (json.BytesPending > PartSize)
        {
            json.Flush();
        }
    }

    private static void WriteItem(Utf8JsonWriter json, MapItem item)
    {
        json.WriteStartObject();
        json.WriteString("title", item.Title);
        json.WriteString("host", MapItems.Clean(item.Host));
        json.WriteString("filter", item.Filter);
        json.WriteStartArray("details");
        foreach ((string name, string value) in item.Details)
        {
            json.WriteStartArray();
            json.WriteStringValue(name);
            json.WriteStringValue(value);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        WriteStrings(json, "commands", item.Commands);
        json.WriteEndObject();
    }

    private static void WritePicture(Utf8JsonWriter json, MapPicture picture)
    {
        json.WriteStartObject();
        json.WriteString("id", picture.Id);
        json.WriteString("title", picture.Title);
        json.WriteString("about", picture.About);
        json.WriteString("empty", picture.Empty);
        json.WriteStartArray("legend");
        foreach (MapLegend legend in picture.Legend)
        {
            json.WriteStartObject();
            json.WriteString("shape", legend.Shape);
            json.WriteString("css", legend.Css);
            json.WriteString("text", legend.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("nodes");
        foreach (MapNode node in picture.Nodes)
        {
            WriteNode(json, node);
            FlushPart(json);
        }

        json.WriteEndArray();
        json.WriteStartArray("edges");
        foreach (MapEdge edge in picture.Edges)
        {
            json.WriteStartObject();
            json.WriteString("from", edge.From);
            json.WriteString("to", edge.To);
            json.WriteString("css", edge.Css);
            json.WriteString("tip", edge.Tip);
            json.WriteString("label", edge.Label);
            json.WriteBoolean("directed", edge.IsDirected);
            WriteNumber(json, "item", edge.Item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNode(Utf8JsonWriter json, MapNode node)
    {
        json.WriteStartObject();
        json.WriteString("id", node.Id);
        json.WriteString("host", MapItems.Clean(node.Host));
        json.WriteString("css", node.Css);
        json.WriteString("title", node.Title);
        WriteNumber(json, "item", node.Item);
        WriteStrings(json, "lines", node.Lines);
        WriteParts(json, "rows", node.Rows);
        WriteParts(json, "chips", node.Chips);
        json.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter json, string name, List<MapPart> parts)
    {
        json.WriteStartArray(name);
        foreach (MapPart part in parts)
        {
            json.WriteStartObject();
            json.WriteString("text", part.Text);
            json.WriteString("css", part.Css);
            json.WriteString("tip", part.Tip);
            WriteNumber(json, "item", part.Item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? number)
    {
        if (number is int value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
