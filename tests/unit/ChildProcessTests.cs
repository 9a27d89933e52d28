using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>How children end, and who hears of it.</summary>
public unsafe class ChildProcessTests
{
    // From then on a pidfd tells of the end of a process somebody else has waited for.
    private static readonly bool s_tellsLate = Environment.OSVersion.Version >= new Version(6, 15);

    private const string Waiter = """
        import subprocess, sys
        child = subprocess.Popen(['sh', '-c', sys.argv[1]])
        print(child.pid, flush=True)
        input()
        child.wait()
        """;

    [StartTheory]
    [InlineData("exit 7", 7, null)]
    [InlineData("exit 0", 0, null)]
    [InlineData("exit 255", 255, null)]
    [InlineData("kill -9 $$", null, LibC.SIGKILL)]
    public void The_end_of_a_child_is_known_also_where_another_has_waited_for_it(string script, int? code, int? signal)
    {
        NamespaceProcess process = Spawner.Start(SpawnPlanner.Create(new SpawnRequest { Program = "sh", Arguments = ["-c", script] }));
        using Descriptor other = ChildProcess.TryHold(process.Id);
        WaitElsewhere(other);
        using WakeUp never = new();
        Assert.True(ChildProcess.Of(process)!.Wait(TimeSpan.FromSeconds(20), never));
        Assert.True(process.HasExited);
        Assert.Equal(s_tellsLate ? code : null, process.ExitCode);
        Assert.Equal(s_tellsLate ? signal : null, process.Signal);
    }

    // A zombie is dead, and what it ended with is not written down yet: the moment every process passes through, made long.
    [Theory]
    [InlineData("exit 7", 7 << 8)]
    [InlineData("kill -9 $$", LibC.SIGKILL)]
    public void The_end_of_a_process_is_known_when_it_is_just_being_taken_away(string script, int status)
    {
        using Process parent = Process.Start(new ProcessStartInfo("python3", ["-c", Waiter, script])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        using Descriptor zombie = PidDescriptor.Open(int.Parse(parent.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture));
        LibC.pollfd file = new() { fd = zombie.Number, events = LibC.POLLIN };
        Assert.Equal(1, LibC.poll(&file, 1, 20_000));

        int told = 0;
        bool isTold = false;
        Thread reader = new(() => isTold = PidDescriptor.TryReadExit(zombie, out told));
        reader.Start();
        Assert.False(s_tellsLate && reader.Join(100));
        parent.StandardInput.WriteLine();
        Assert.True(reader.Join(20_000));
        Assert.Equal(s_tellsLate, isTold);
        Assert.Equal(s_tellsLate ? status : 0, told);
        parent.WaitForExit();
    }

    [StartFact]
    public void A_child_that_has_ended_is_waited_for_at_once_and_again()
    {
        NamespaceProcess process = Spawner.Start(SpawnPlanner.Create(new SpawnRequest { Program = "true" }));
        Assert.True(ChildProcess.Of(process)!.Wait(TimeSpan.FromSeconds(20), null));
        Assert.True(ChildProcess.Of(process)!.Wait(TimeSpan.Zero, null));
        Assert.Equal(0, process.ExitCode);
    }

    [StartFact(NeedsRoot = true)]
    public void A_second_process_is_not_taken_for_the_first_and_its_end_is_known_too()
    {
        SpawnRequest request = new() { Program = "sh", Arguments = ["-c", "exit 5"], Types = [NamespaceType.User, NamespaceType.Pid], Owner = (1234, 1234) };
        SpawnPlan plan = SpawnPlanner.Create(request);
        Assert.Contains(plan.Steps, step => step.Kind == ChildStepKind.Clone);
        NamespaceProcess process = Spawner.Start(plan);
        using Descriptor other = ChildProcess.TryHold(process.Id);
        WaitElsewhere(other);
        Assert.True(ChildProcess.Of(process)!.Wait(TimeSpan.FromSeconds(20), null));
        Assert.Equal(s_tellsLate ? 5 : null, process.ExitCode);
    }

    [StartFact]
    public void Only_a_child_is_held()
    {
        using Descriptor stranger = ChildProcess.TryHold(Environment.ProcessId);
        Assert.False(stranger.IsOpen);
        NamespaceProcess process = Spawner.Start(SpawnPlanner.Create(new SpawnRequest { Program = "sleep", Arguments = ["60"] }));
        using (Descriptor running = ChildProcess.TryHold(process.Id))
        {
            Assert.True(running.IsOpen);
            Assert.Equal(process.Id, PidDescriptor.ReadProcessId(running.Number));
            ChildProcess.Of(process)!.Destroy();
            Assert.Equal(LibC.ESRCH, Assert.Throws<LinuxException>(() => PidDescriptor.ReadProcessId(running.Number)).NativeErrorCode);
        }

        using Descriptor gone = ChildProcess.TryHold(process.Id);
        Assert.False(gone.IsOpen);
    }

    private static void WaitElsewhere(Descriptor process)
    {
        LibC.siginfo_t info;
        Assert.Equal(0, LibC.waitid(LibC.P_PIDFD, (uint)process.Number, &info, LibC.WEXITED | LibC.__WALL));
    }
}
