using System.Collections.Generic;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>One of the pictures of a map: boxes and lines between them, without places.</summary>
/// <param name="Id">Its name in the page and for -Picture, in lower case.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="About">One sentence about what it shows.</param>
/// <param name="Empty">The text when there is nothing to draw.</param>
/// <param name="Legend">The meaning of shapes and colours.</param>
internal sealed record MapPicture(string Id, string Title, string About, string Empty, IReadOnlyList<MapLegend> Legend)
{
    internal List<MapNode> Nodes { get; } = [];

    internal List<MapEdge> Edges { get; } = [];
}

/// <summary>One entry of a legend.</summary>
/// <param name="Shape">node, chip or edge.</param>
/// <param name="Css">The classes of what it explains.</param>
/// <param name="Text">The meaning.</param>
internal sealed record MapLegend(string Shape, string Css, string Text);

/// <summary>A box.</summary>
/// <param name="Id">Unique in its picture.</param>
/// <param name="Host">The machine, whose frame it stands in.</param>
/// <param name="Css">Its classes.</param>
/// <param name="Title">Its first line.</param>
internal sealed record MapNode(string Id, string Host, string Css, string Title)
{
    /// <summary>The object that the whole box stands for; null for none.</summary>
    internal int? Item { get; init; }

    internal List<string> Lines { get; init; } = [];

    /// <summary>Objects in it, one on each line.</summary>
    internal List<MapPart> Rows { get; } = [];

    /// <summary>Objects in it, side by side.</summary>
    internal List<MapPart> Chips { get; } = [];
}

/// <summary>An object inside a box.</summary>
/// <param name="Text">The text.</param>
/// <param name="Css">Its classes.</param>
/// <param name="Tip">The text of the tool tip.</param>
/// <param name="Item">The object; null where it was not given.</param>
internal sealed record MapPart(string Text, string Css, string Tip, int? Item);

/// <summary>A line between two boxes.</summary>
internal sealed record MapEdge(string From, string To, string Css, string Tip)
{
    internal string? Label { get; init; }

    internal bool IsDirected { get; init; }

    /// <summary>The object it stands for; null for none.</summary>
    internal int? Item { get; init; }
}
