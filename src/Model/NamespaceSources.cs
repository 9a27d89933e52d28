using System;
using System.Collections.Generic;
using System.Linq;

namespace LinuxNamespaces;

/// <summary>Sources as the public objects have them: each by its name.</summary>
internal static class NamespaceSources
{
    private static readonly NamespaceSource[] s_each = [.. Enum.GetValues<NamespaceSource>().Where(source => ulong.IsPow2((ulong)source))];

    internal static TextList ToTexts(this NamespaceSource sources) =>
        new(s_each.Where(source => (sources & source) != 0).Select(source => source.ToString()));

    /// <summary>Parses the names of sources; other texts are ignored.</summary>
    internal static NamespaceSource Parse(IEnumerable<string> texts) => texts.Aggregate(
        NamespaceSource.None, (all, text) => Enum.TryParse(text, ignoreCase: true, out NamespaceSource source) ? all | source : all);
}
