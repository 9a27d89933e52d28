using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Writes a graph in a language that other programs draw.</summary>
internal static class GraphWriter
{
    internal static string Write(NamespaceGraph graph, GraphFormat format) => format == GraphFormat.Dot ? WriteDot(graph) : WriteMermaid(graph);

    private static string WriteMermaid(NamespaceGraph graph)
    {
        StringBuilder text = new("flowchart LR\n");
        WriteNodes(
            text,
            graph,
            group => $"    subgraph {group.Id}[\"{EscapeMermaid(group.Label)}\"]\n",
            "    end\n",
            node => $"{node.Id}[\"{string.Join("<br/>", node.Lines.Select(EscapeMermaid))}\"]\n");
        foreach (GraphEdge edge in graph.Edges)
        {
            string line = edge.IsDirected ? "-->" : "---";
            string label = edge.Label is null ? string.Empty : $"|{EscapeMermaid(edge.Label)}|";
            text.Append(CultureInfo.InvariantCulture, $"    {edge.From} {line}{label} {edge.To}\n");
        }

        return text.ToString();
    }

    private static string WriteDot(NamespaceGraph graph)
    {
        StringBuilder text = new("digraph namespaces {\n    rankdir=LR;\n    node [shape=box];\n");
        WriteNodes(
            text,
            graph,
            group => $"    subgraph cluster_{group.Id} {{\n        label=\"{EscapeDot(group.Label)}\";\n",
            "    }\n",
            node => $"{node.Id} [label=\"{string.Join("\\n", node.Lines.Select(EscapeDot))}\"];\n");
        foreach (GraphEdge edge in graph.Edges)
        {
            string[] attributes = [.. new[] { edge.IsDirected ? null : "dir=none", edge.Label is null ? null : $"label=\"{EscapeDot(edge.Label)}\"" }.OfType<string>()];
            string list = attributes.Length == 0 ? string.Empty : $" [{string.Join(", ", attributes)}]";
            text.Append(CultureInfo.InvariantCulture, $"    {edge.From} -> {edge.To}{list};\n");
        }

        return text.Append("}\n").ToString();
    }

    private static void WriteNodes(StringBuilder text, NamespaceGraph graph, Func<GraphGroup, string> open, string close, Func<GraphNode, string> write)
    {
        foreach (IGrouping<GraphGroup?, GraphNode> group in graph.Nodes.GroupBy(node => node.Group))
        {
            string indent = group.Key is null ? "    " : "        ";
            text.Append(group.Key is null ? string.Empty : open(group.Key));
            foreach (GraphNode node in group)
            {
                text.Append(indent).Append(write(node));
            }

            text.Append(group.Key is null ? string.Empty : close);
        }
    }

    // Mermaid knows entities by number and by name, with # for &.
    private static string EscapeMermaid(string text)
    {
        StringBuilder safe = new(text.Length);
        foreach (char character in text)
        {
            safe.Append(character is '"' or '#' or '<' or '>' or '&' or '`' or '\\' or '|' or ';' ? string.Create(CultureInfo.InvariantCulture, $"#{(int)character};") : character == '\n' ? "<br/>" : character.ToString());
        }

        return safe.ToString();
    }

    private static string EscapeDot(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
