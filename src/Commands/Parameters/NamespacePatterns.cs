using System;
using System.Management.Automation;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>Targets that are patterns: of the names of namespaces and containers.</summary>
internal static class NamespacePatterns
{
    /// <summary>Whether a target is a pattern. The kernel's text for a namespace has brackets too, and a path may have anything.</summary>
    internal static bool IsPattern(NamespaceTarget target) => target.Value is string text
        && WildcardPattern.ContainsWildcardCharacters(text) && !text.Contains('/', StringComparison.Ordinal) && !text.Contains(":[", StringComparison.Ordinal);

    /// <summary>A pattern for names that can be used.</summary>
    /// <exception cref="NamespaceException">InvalidPattern.</exception>
    internal static WildcardPattern Parse(string text) => NetNamespaceNames.ParsePattern(text);
}
