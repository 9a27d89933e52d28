using System;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;
using LinuxNamespaces.Operations;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>How children end, and who hears of it.</summary>
public unsafe class ChildProcessTests
{
    // From then on a pidfd tells of the end of a process somebody else has waited for.
    private static readonly bool s_tellsLate = Environment.OSVersion.Version >= new Version(6, 15);

    [Theory]
    [InlineData("exit 7", 7, null)]
    [InlineData("exit 0", 0, null)]
    [InlineData("exit 255", 255, null)]
    [InlineData("kill -9 $$", null, LibC.SIGKILL)]
    public void The_end_of_a_child_is_known_also_where_another_has_waited_for_it(string script, int? code, int? signal)
    {
        NamespaceProcess process = Spawner.Start(SpawnPlanner.Create(new SpawnRequest { Program = "sh", Arguments = ["-c", script] }));
        byte* info = stackalloc byte[128];
        Assert.Equal(0, LibC.waitid(LibC.P_PID, (uint)process.Id, info, LibC.WEXITED | LibC.__WALL));
        using WakeUp never = new();
        Assert.True(process.Child!.Wait(TimeSpan.FromSeconds(20), never));
        Assert.True(process.HasExited);
        Assert.Equal(s_tellsLate ? code : null, process.ExitCode);
        Assert.Equal(s_tellsLate ? signal : null, process.Signal);
    }

    [Fact]
    public void A_child_that_has_ended_is_waited_for_at_once_and_again()
    {
        NamespaceProcess process = Spawner.Start(SpawnPlanner.Create(new SpawnRequest { Program = "true" }));
        Assert.True(process.Child!.Wait(TimeSpan.FromSeconds(20), null));
        Assert.True(process.Child.Wait(TimeSpan.Zero, null));
        Assert.Equal(0, process.ExitCode);
    }

    // Neither of the two waits at a gate.
    [RootFact]
    public void A_second_process_is_not_taken_for_the_first()
    {
        SpawnRequest request = new() { Program = "sh", Arguments = ["-c", "exit 5"], Types = [NamespaceType.User, NamespaceType.Pid], Owner = (1234, 1234) };
        SpawnPlan plan = SpawnPlanner.Create(request);
        Assert.False(plan.HasGates);
        Assert.Contains(plan.Steps, step => step.Kind == ChildStepKind.Clone);
        NamespaceProcess process = Spawner.Start(plan);
        Assert.True(process.Child!.Wait(TimeSpan.FromSeconds(20), null));
        Assert.Equal(5, process.ExitCode);
    }
}
