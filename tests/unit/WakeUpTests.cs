using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>The descriptor that ends a wait, which goes from one wait to the next.</summary>
public unsafe class WakeUpTests
{
    [Fact]
    public void A_signal_is_seen_until_it_is_taken_back()
    {
        using WakeUp wake = new();
        Assert.False(IsReadable(wake));
        wake.Signal();
        Assert.True(IsReadable(wake));
        wake.Reset();
        Assert.False(IsReadable(wake));
    }

    [Fact]
    public void The_next_one_gets_no_signal_of_the_one_before_early_or_late()
    {
        for (int i = 0; i < 100; i++)
        {
            WakeUp before = new();
            before.Signal();
            before.Dispose();
            before.Dispose();
            using WakeUp first = new();
            using WakeUp second = new();
            before.Signal();
            Assert.NotEqual(first.Descriptor, second.Descriptor);
            Assert.False(IsReadable(first) || IsReadable(second));
        }
    }

    private static bool IsReadable(WakeUp wake)
    {
        LibC.pollfd file = new() { fd = wake.Descriptor, events = LibC.POLLIN };
        return LibC.poll(&file, 1, 0) == 1;
    }
}
