using System.Collections.Generic;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>A node of a graph.</summary>
/// <param name="Id">Letters and digits.</param>
/// <param name="Lines">The lines of its text.</param>
/// <param name="Group">The frame it is drawn in; null for none.</param>
internal sealed record GraphNode(string Id, IReadOnlyList<string> Lines, GraphGroup? Group);

/// <summary>A frame around nodes.</summary>
internal sealed record GraphGroup(string Id, string Label);

/// <summary>A line between two nodes.</summary>
internal sealed record GraphEdge(string From, string To, string? Label, bool IsDirected);
