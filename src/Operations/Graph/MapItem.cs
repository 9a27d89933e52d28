using System.Collections.Generic;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>One object of a map: it has a row in the table, and details to show.</summary>
/// <param name="Title">Its short name.</param>
/// <param name="Host">The machine it is on.</param>
/// <param name="Filter">The switch that hides it: a type of namespace, a kind of interface, or Process.</param>
/// <param name="Details">Its properties with their values, in the order of the list view.</param>
/// <param name="Commands">The commands that lead there.</param>
internal sealed record MapItem(string Title, string Host, string Filter, IReadOnlyList<(string Name, string Value)> Details, IReadOnlyList<string> Commands);
