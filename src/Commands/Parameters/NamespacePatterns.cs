using System;
using System.Management.Automation;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>Targets that are patterns: of the names of namespaces and containers.</summary>
internal static class NamespacePatterns
{
    /// <summary>
    /// Whether a target is a pattern. The kernel's text for a namespace has brackets too, a path may have anything, and so may a name that is there. A backtick
    /// makes a bracket part of a name.
    /// </summary>
    internal static bool IsPattern(NamespaceTarget target) => target.Value is string text
        && (text.Contains('`', StringComparison.Ordinal) || WildcardPattern.ContainsWildcardCharacters(text))
        && !text.Contains('/', StringComparison.Ordinal) && !text.Contains(":[", StringComparison.Ordinal)
        && !NetNamespaceDirectory.Has(text);

    /// <summary>A pattern for names that can be used.</summary>
    /// <exception cref="NamespaceException">InvalidPattern.</exception>
    internal static WildcardPattern Parse(string text) => NetNamespaceNames.ParsePattern(text);
}
