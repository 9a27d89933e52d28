using System.Collections.Generic;

namespace LinuxNamespaces;

/// <summary>Texts of a property that may have several.</summary>
public sealed class TextList : ValueList<string>
{
    internal TextList(IEnumerable<string> texts)
        : base(texts)
    {
    }
}
