using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;

namespace LinuxNamespaces;

/// <summary>
/// The values of a property that may have several. Compared with one value, PowerShell compares each; as JSON it is a list; in a CSV file and
/// in a string the values stand side by side, with a space between.
/// </summary>
/// <typeparam name="T">The type of the elements.</typeparam>
public class ValueList<T> : ReadOnlyCollection<T>
{
    internal ValueList(IEnumerable<T> values)
        : base(values.ToArray())
    {
    }

    /// <summary>All values, with a space between.</summary>
    public override string ToString() => string.Join(' ', this);
}
