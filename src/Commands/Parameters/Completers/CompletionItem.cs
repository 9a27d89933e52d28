namespace LinuxNamespaces.Commands.Parameters.Completers;

/// <summary>One candidate of a completion.</summary>
/// <param name="Value">The text to insert.</param>
/// <param name="ToolTip">A description; empty for the value itself.</param>
/// <param name="Name">A name that the value stands for, by which it may be typed too; null for none.</param>
internal readonly record struct CompletionItem(string Value, string ToolTip, string? Name = null);
