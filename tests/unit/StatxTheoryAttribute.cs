using LinuxNamespaces.Interop;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>A test that compares with statx(2) of the C library: skipped on musl before 1.2.5, which has none.</summary>
public sealed class StatxTheoryAttribute : TheoryAttribute
{
    public StatxTheoryAttribute() => Skip = LibCExports.statx == 0 ? "This C library has no statx(2)." : null;
}
