using System;
using System.Threading;
using LinuxNamespaces.Commands.Remote.Client;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>What the one program of a command is told when it is to stop.</summary>
public class InvocationQueueTests
{
    [Fact]
    public void A_stop_does_not_wait_for_what_it_stops()
    {
        using InvocationQueue queue = new(1, null!, (_, _) => { });
        using FakeInvocation invocation = new();
        Thread stopper = new(() =>
        {
            invocation.HasBegun.Wait();
            queue.Stop();
            invocation.WasKilledAtStop = invocation.WasKilled;
            invocation.MayEnd.Set();
        });
        stopper.Start();
        Assert.Throws<OperationCanceledException>(() => queue.RunHere(invocation));
        stopper.Join();
        Assert.True(invocation.WasStopped);
        Assert.False(invocation.WasKilledAtStop);
    }

    [Fact]
    public void Nothing_begins_after_a_stop()
    {
        using InvocationQueue queue = new(1, null!, (_, _) => { });
        using FakeInvocation invocation = new();
        queue.Stop();
        Assert.Throws<OperationCanceledException>(() => queue.RunHere(invocation));
        Assert.False(invocation.HasBegun.IsSet);
    }

    private sealed class FakeInvocation() : Invocation("fake")
    {
        internal ManualResetEventSlim HasBegun { get; } = new();

        internal ManualResetEventSlim MayEnd { get; } = new();

        internal bool WasStopped { get; private set; }

        internal bool WasKilled { get; private set; }

        internal bool WasKilledAtStop { get; set; }

        internal override void Run(Action<StreamItem> emit)
        {
            HasBegun.Set();
            MayEnd.Wait();
        }

        internal override void Stop() => WasStopped = true;

        internal override void Kill() => WasKilled = true;

        // The events are looked at afterwards.
        public override void Dispose()
        {
        }
    }
}
