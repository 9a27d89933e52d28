using LinuxNamespaces.Kernel.Bpf;
using LinuxNamespaces.Kernel.Processes;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>A test that loads programs into the kernel: skipped, with the reason, where that is refused.</summary>
public sealed class BpfFactAttribute : FactAttribute
{
    private static readonly string? s_reason = Try();

    public BpfFactAttribute() => Skip = s_reason;

    private static string? Try()
    {
        try
        {
            using ProcFileSystem proc = ProcFileSystem.Open();
            _ = TaskIterators.Open(proc);
            return null;
        }
        catch (BpfException exception)
        {
            return exception.Message;
        }
    }
}
