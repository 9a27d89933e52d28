using LinuxNamespaces.Interop;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>A test that changes namespaces.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (LibC.geteuid() != 0)
        {
            Skip = "Needs root.";
        }
    }
}
