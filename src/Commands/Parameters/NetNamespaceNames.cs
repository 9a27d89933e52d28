using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>Names of net namespaces as they are given: some with wildcards, some without.</summary>
internal sealed class NetNamespaceNames(IEnumerable<string> names)
{
    private readonly (string Text, bool IsPattern, WildcardPattern Pattern)[] _names =
        [.. names.Select(name => (name, WildcardPattern.ContainsWildcardCharacters(name), ParsePattern(name)))];

    /// <summary>A pattern that can be used: PowerShell reads one no sooner than it is first used.</summary>
    /// <exception cref="NamespaceException">InvalidPattern.</exception>
    internal static WildcardPattern ParsePattern(string text)
    {
        try
        {
            WildcardPattern pattern = WildcardPattern.Get(text, WildcardOptions.None);
            _ = pattern.IsMatch(string.Empty);
            return pattern;
        }
        catch (WildcardPatternException exception)
        {
            throw new NamespaceException(
                ErrorIds.InvalidPattern, exception.Message, "Put a backtick before a bracket that belongs to the name.", exception);
        }
    }

    /// <summary>Whether a name is asked for; all are where none was given.</summary>
    internal bool Match(string name) => _names.Length == 0 || _names.Any(given => given.Pattern.IsMatch(name));

    /// <summary>Those asked for by their whole name that are not among these.</summary>
    internal IEnumerable<string> Missing(IEnumerable<string> found)
    {
        HashSet<string> known = [.. found];
        return _names.Where(given => !given.IsPattern && !known.Contains(Unescape(given.Text))).Select(given => Unescape(given.Text));
    }

    /// <summary>The names to act on: whole names as they are, whether they are there or not; others from what is there.</summary>
    internal IEnumerable<string> Expand()
    {
        List<string>? all = null;
        return _names
            .SelectMany(given => given.IsPattern
                ? (all ??= NetNamespaceDirectory.ReadNames()).Where(name => given.Pattern.IsMatch(name))
                : [Unescape(given.Text)])
            .Distinct();
    }

    // A name with a backtick before a bracket is a whole name too.
    private static string Unescape(string text) => WildcardPattern.Unescape(text);
}
