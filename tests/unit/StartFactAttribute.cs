using LinuxNamespaces.Interop;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>A test that starts a child, or plans one: skipped on musl, which has no makecontext(3).</summary>
public sealed class StartFactAttribute : FactAttribute
{
    internal static readonly string? Reason = LibCExports.makecontext == 0 ? "This C library has no makecontext(3)." : null;

    private bool _needsRoot;

    public StartFactAttribute() => Skip = Reason;

    /// <summary>Whether it changes namespaces.</summary>
    public bool NeedsRoot
    {
        get => _needsRoot;
        set
        {
            _needsRoot = value;
            Skip ??= value && LibC.geteuid() != 0 ? "Needs root." : null;
        }
    }
}

/// <summary>The same with data.</summary>
public sealed class StartTheoryAttribute : TheoryAttribute
{
    public StartTheoryAttribute() => Skip = StartFactAttribute.Reason;
}
