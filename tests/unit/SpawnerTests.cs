using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Contexts;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Files;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Maps;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>Children that are really made. Without privileges they live in user namespaces of their own.</summary>
public sealed class SpawnerTests : IDisposable
{
    private readonly string _output = Path.GetTempFileName();

    public void Dispose() => File.Delete(_output);

    [StartFact]
    public void A_context_has_room_for_this_librarys_ucontext()
    {
        ProcessStartInfo start = new("gcc", "-x c -fsyntax-only -") { RedirectStandardInput = true, RedirectStandardError = true };
        using Process gcc = Process.Start(start)!;
        gcc.StandardInput.Write($$"""
            #define _GNU_SOURCE
            #include <signal.h>
            #include <stddef.h>
            #include <ucontext.h>
            _Static_assert(sizeof(ucontext_t) <= {{ContextChain.ContextSize}}, "size");
            _Static_assert(offsetof(ucontext_t, uc_link) == 8 && offsetof(ucontext_t, uc_stack) == 16, "offsets");
            _Static_assert(offsetof(stack_t, ss_sp) == 0 && offsetof(stack_t, ss_size) == 16, "stack");
            _Static_assert(sizeof(struct sigaction) == {{SignalDispositions.ActionSize}} && offsetof(struct sigaction, sa_handler) == 0, "sigaction");
            _Static_assert(sizeof(siginfo_t) == 128 && offsetof(siginfo_t, si_code) == 8 && offsetof(siginfo_t, si_pid) == 16 && offsetof(siginfo_t, si_status) == 24, "siginfo");
            """);
        gcc.StandardInput.Close();
        string errors = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        Assert.Equal(string.Empty, errors);
    }

    [StartFact]
    public void A_program_runs_and_its_exit_code_is_kept()
    {
        NamespaceProcess process = Run(new SpawnRequest { Program = "sh", Arguments = ["-c", "echo $0 $1 $LNT; exit 9", "a", "b c"], Environment = ["LNT=env"] });
        Assert.Equal(9, process.ExitCode);
        Assert.Null(process.Signal);
        Assert.Equal("a b c env\n", File.ReadAllText(_output));
    }

    [StartFact]
    public void A_signal_is_told_from_an_exit_code()
    {
        NamespaceProcess process = Run(new SpawnRequest { Program = "sh", Arguments = ["-c", "kill -TERM $$"] });
        Assert.Equal(LibC.SIGTERM, process.Signal);
        Assert.Null(process.ExitCode);
    }

    [StartFact]
    public void A_step_that_fails_ends_the_child_before_the_next()
    {
        string marker = Path.Combine(Path.GetTempPath(), "lnt-" + Guid.NewGuid());
        NamespaceException exception = Assert.Throws<NamespaceException>(() => Run(new SpawnRequest
        {
            Program = "touch", Arguments = [marker], WorkingDirectory = "/nonexistent",
        }));
        Assert.Equal("WorkingDirectoryNotFound", exception.ErrorId);
        LinuxException inner = Assert.IsType<LinuxException>(exception.InnerException);
        Assert.Equal(("chdir", "/nonexistent", LibC.ENOENT), (inner.Syscall, inner.Path, inner.NativeErrorCode));
        Assert.False(File.Exists(marker));
    }

    [StartFact(NeedsRoot = true)]
    public void A_step_that_is_checked_with_others_is_named_all_the_same()
    {
        Assert.Equal(("open_tree", "/nonexistent"), Refuse("/nonexistent", "/data"));
        Assert.Equal(("openat2", "/usr/nonexistent"), Refuse("/etc", "/usr/nonexistent"));
        Assert.Equal(("move_mount", "/usr/bin"), Refuse("/etc/passwd", "/usr/bin"));

        static (string Call, string? Path) Refuse(string source, string target)
        {
            SpawnRequest request = new()
            {
                Program = "true",
                Types = [NamespaceType.Mnt],
                Files =
                [
                    new() { Kind = FileEntryKind.Tmpfs, Target = "/", Options = "mode=0755" },
                    new() { Kind = FileEntryKind.Bind, Target = "/usr", Source = "/usr" },
                    new() { Kind = FileEntryKind.Bind, Target = target, Source = source },
                    new() { Kind = FileEntryKind.Bind, Target = "/var", Source = "/var" },
                ],
            };
            SpawnPlan plan = SpawnPlanner.Create(request);
            Assert.False(plan.HasGates);
            LinuxException failure = Assert.IsType<LinuxException>(Assert.Throws<NamespaceException>(() => Spawner.Start(plan)).InnerException);
            return (failure.Syscall, failure.Path);
        }
    }

    [StartTheory]
    [InlineData("/nonexistent", "ProgramNotFound")]
    [InlineData("nonexistent", "ProgramNotFound")]
    [InlineData("/etc/passwd", "ProgramNotExecutable")]
    [InlineData("/", "ProgramNotExecutable")]
    public void A_program_that_cannot_start_is_an_error(string program, string errorId) =>
        Assert.Equal(errorId, Assert.Throws<NamespaceException>(() => Run(new SpawnRequest { Program = program })).ErrorId);

    [StartFact]
    public void A_program_that_may_not_be_run_says_more_than_one_that_is_missing()
    {
        string folder = Directory.CreateTempSubdirectory("lnt").FullName;
        File.WriteAllText(Path.Combine(folder, "tool"), string.Empty);
        NamespaceException exception = Assert.Throws<NamespaceException>(() => Run(new SpawnRequest { Program = "tool", SearchPath = $"/nonexistent:{folder}:/usr" }));
        Directory.Delete(folder, recursive: true);
        Assert.Equal("ProgramNotExecutable", exception.ErrorId);
    }

    [StartFact]
    public void An_argument_that_is_too_long_is_an_error_of_its_own() => Assert.Equal(
        "ArgumentsTooLong", Assert.Throws<NamespaceException>(() => Run(new SpawnRequest { Program = "true", Arguments = [new string('x', 200_000)] })).ErrorId);

    [StartFact]
    public void A_large_environment_arrives_whole()
    {
        string[] environment = [.. Enumerable.Range(0, 300).Select(i => $"LNT{i}={new string((char)('a' + (i % 26)), 4000)}")];
        Run(new SpawnRequest { Program = "/usr/bin/env", Environment = [.. environment] });
        Assert.Equal(environment, File.ReadAllLines(_output));
    }

    [StartFact]
    public void A_map_is_written_while_the_child_waits()
    {
        Run(UserRequest() with { Program = "cat", Arguments = ["/proc/self/uid_map"] });
        Assert.Equal(["0", ProcessCredentials.UserId.ToString(System.Globalization.CultureInfo.InvariantCulture), "1"], File.ReadAllText(_output).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [StartTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_time_namespace_is_entered_by_exec_or_on_older_kernels_by_a_second_process(bool byExec)
    {
        bool before = KernelFeatures.TimeNamespaceEnteredByExec;
        if (byExec && !before)
        {
            return;
        }

        KernelFeatures.TimeNamespaceEnteredByExec = byExec;
        try
        {
            SpawnRequest request = UserRequest();
            NamespaceProcess process = Run(request with
            {
                Types = [.. request.Types, NamespaceType.Time], BootTimeOffset = TimeSpan.FromDays(1000), Program = "sh", Arguments = ["-c", "cat /proc/uptime; readlink /proc/self/ns/time"],
            });
            string[] lines = File.ReadAllLines(_output);
            Assert.True(double.Parse(lines[0].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) > 1000 * 86400);
            Assert.Equal($"time:[{process.TimeNamespace}]", lines[1]);
        }
        finally
        {
            KernelFeatures.TimeNamespaceEnteredByExec = before;
        }
    }

    [StartFact]
    public void A_second_process_for_the_clocks_is_PID_1_of_its_pid_namespace()
    {
        bool before = KernelFeatures.TimeNamespaceEnteredByExec;
        KernelFeatures.TimeNamespaceEnteredByExec = false;
        try
        {
            SpawnRequest request = UserRequest();
            NamespaceProcess process = Run(request with
            {
                Types = [.. request.Types, NamespaceType.Time, NamespaceType.Pid], BootTimeOffset = TimeSpan.FromDays(1000), Program = "sh", Arguments = ["-c", "echo $$; readlink /proc/self/ns/time"],
            });
            Assert.Equal("1", File.ReadAllLines(_output)[0]);
            Assert.Equal(1, process.NamespacePid);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            KernelFeatures.TimeNamespaceEnteredByExec = before;
        }
    }

    [StartFact]
    public void A_second_process_reports_its_failures_too()
    {
        bool before = KernelFeatures.TimeNamespaceEnteredByExec;
        KernelFeatures.TimeNamespaceEnteredByExec = false;
        try
        {
            SpawnRequest request = UserRequest();
            request = request with { Types = [.. request.Types, NamespaceType.Time] };
            Assert.Equal("ProgramNotFound", Assert.Throws<NamespaceException>(() => Run(request with { Program = "/nonexistent" })).ErrorId);
            Assert.Equal("WorkingDirectoryNotFound", Assert.Throws<NamespaceException>(() => Run(request with { Program = "true", WorkingDirectory = "/nonexistent" })).ErrorId);
        }
        finally
        {
            KernelFeatures.TimeNamespaceEnteredByExec = before;
        }
    }

    [StartFact]
    public void Existing_namespaces_are_joined_with_new_ones_in_one_start()
    {
        SpawnRequest user = UserRequest();
        NamespaceProcess target = Start(user with
        {
            Types = [NamespaceType.User, NamespaceType.Net, NamespaceType.Uts, NamespaceType.Ipc, NamespaceType.Pid, NamespaceType.Mnt], Program = "sleep", Arguments = ["60"],
        });
        JoinedNamespace[] joins = [.. new[] { NamespaceType.User, NamespaceType.Net, NamespaceType.Ipc, NamespaceType.Pid, NamespaceType.Mnt }
            .Select(type => new JoinedNamespace(type, NamespaceFile.Open($"/proc/{target.Id}/ns/{type.KernelName()}")))];
        try
        {
            NamespaceProcess process = Run(new SpawnRequest { Join = joins, Types = [NamespaceType.Uts], HostName = "joined", Program = "sh", Arguments = ["-c", "id -u; cat /proc/sys/kernel/hostname; echo $$"] });
            Assert.Equal((target.UserNamespace, target.NetNamespace, target.IpcNamespace, target.PidNamespace, target.MntNamespace), (process.UserNamespace, process.NetNamespace, process.IpcNamespace, process.PidNamespace, process.MntNamespace));
            Assert.NotEqual(target.UtsNamespace, process.UtsNamespace);
            Assert.Equal(["0", "joined", "2"], File.ReadAllLines(_output));
            Assert.Equal(2, process.NamespacePid);
        }
        finally
        {
            Array.ForEach(joins, join => join.Handle.Dispose());
            ChildProcess.Of(target)!.Stop(TimeSpan.Zero);
        }
    }

    [StartFact]
    public void A_dead_pid_namespace_is_named()
    {
        NamespaceProcess target = Start(UserRequest() with { Types = [NamespaceType.User, NamespaceType.Pid], Program = "sleep", Arguments = ["60"] });
        JoinedNamespace[] joins = [.. new[] { NamespaceType.User, NamespaceType.Pid }
            .Select(type => new JoinedNamespace(type, NamespaceFile.Open($"/proc/{target.Id}/ns/{type.KernelName()}")))];
        ChildProcess.Of(target)!.Stop(TimeSpan.Zero);
        try
        {
            NamespaceException exception = Assert.Throws<NamespaceException>(() => Run(new SpawnRequest { Join = joins, Program = "true" }));
            Assert.Equal("PidNamespaceDead", exception.ErrorId);
        }
        finally
        {
            Array.ForEach(joins, join => join.Handle.Dispose());
        }
    }

    [StartFact]
    public void The_reaper_collects_what_nobody_waits_for()
    {
        NamespaceProcess[] processes = [.. Enumerable.Range(0, 50).Select(_ => Start(new SpawnRequest { Program = "true" }))];
        foreach (NamespaceProcess process in processes)
        {
            ChildReaper.Add(ChildProcess.Of(process)!);
        }

        Assert.True(SpinWait.SpinUntil(() => processes.All(process => !Directory.Exists($"/proc/{process.Id}")), TimeSpan.FromSeconds(10)));
        Assert.All(processes, process => Assert.Equal(0, process.ExitCode));
    }

    [StartFact]
    public void Without_a_thread_the_child_is_ended_and_the_next_one_is_collected()
    {
        Action<Thread> usual = BackgroundThread.Starter;
        NamespaceProcess process = Start(new SpawnRequest { Program = "true" });
        try
        {
            BackgroundThread.Starter = _ => throw new OutOfMemoryException();

            // While a thread of an earlier test is still there it takes them.
            Assert.True(SpinWait.SpinUntil(
                () =>
                {
                    process = Start(new SpawnRequest { Program = "sleep", Arguments = ["0.05"] });
                    try
                    {
                        ChildReaper.Add(ChildProcess.Of(process)!);
                        Thread.Sleep(100);
                        return false;
                    }
                    catch (NamespaceException exception)
                    {
                        return exception.ErrorId == "ProcessLimitReached";
                    }
                },
                TimeSpan.FromSeconds(20)));
            Assert.False(Directory.Exists($"/proc/{process.Id}"));
            Assert.Equal(LibC.SIGKILL, process.Signal);
        }
        finally
        {
            BackgroundThread.Starter = usual;
        }

        NamespaceProcess next = Start(new SpawnRequest { Program = "sleep", Arguments = ["0.05"] });
        ChildReaper.Add(ChildProcess.Of(next)!);
        Assert.True(SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{next.Id}"), TimeSpan.FromSeconds(10)));
    }

    [StartFact]
    public void Waiting_ends_when_it_is_told_to()
    {
        NamespaceProcess process = Start(new SpawnRequest { Program = "sleep", Arguments = ["60"] });
        using WakeUp stop = new();
        Assert.False(ChildProcess.Of(process)!.Wait(TimeSpan.FromMilliseconds(20), stop));
        stop.Signal();
        Assert.False(ChildProcess.Of(process)!.Wait(Timeout.InfiniteTimeSpan, stop));
        ChildProcess.Of(process)!.Stop(TimeSpan.FromSeconds(5));
        Assert.Equal(LibC.SIGTERM, process.Signal);
        Assert.False(ChildProcess.Of(process)!.Send(LibC.SIGKILL));
    }

    [StartFact(NeedsRoot = true)]
    public void A_child_is_made_where_the_thread_is_that_asks_for_it()
    {
        SpawnRequest request = UserRequest() with { Program = "true" };
        using NamespaceThread thread = new();
        NamespaceProcess before = thread.Run(() => Run(request));
        ulong own = thread.Run(() =>
        {
            thread.Unshare(LibC.CLONE_NEWUTS);
            return NamespaceLink.ParseInode(System.Text.Encoding.ASCII.GetBytes(new FileInfo("/proc/thread-self/ns/uts").LinkTarget!));
        });
        NamespaceProcess inside = thread.Run(() => Run(request));
        NamespaceProcess after = Run(request);
        Assert.Equal(own, inside.UtsNamespace);
        Assert.NotEqual(own, before.UtsNamespace);
        Assert.Equal(before.UtsNamespace, after.UtsNamespace);
    }

    [StartTheory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_child_that_is_killed_at_a_gate_is_no_start(int more)
    {
        SpawnPlan plan = SpawnPlanner.Create(new SpawnRequest { Program = "true" });
        plan = new SpawnPlan
        {
            Request = plan.Request, CloneTypes = [], HasPrivateMemory = false, Programs = plan.Programs, Arguments = plan.Arguments, Environment = [],
            Steps = [ChildStep.Gate("one", gate => Kill(gate.ProcessId)), .. Enumerable.Repeat(ChildStep.Gate("two", _ => { }), more), .. plan.Steps],
        };
        Assert.Equal(LibC.ESRCH, Assert.Throws<LinuxException>(() => Spawner.Start(plan)).NativeErrorCode);
    }

    // It would go on, but from memory that is the next child's.
    [StartFact(NeedsRoot = true)]
    public void A_second_process_ends_with_the_first_also_after_its_last_gate()
    {
        (SpawnPlan plan, int[] seen) = LoseTheFirst(isLast: true, () => { });
        Assert.Equal(LibC.ESRCH, Assert.Throws<LinuxException>(() => Spawner.Start(plan)).NativeErrorCode);
        Assert.All(seen, id => Assert.False(Directory.Exists($"/proc/{id}")));
    }

    [StartFact(NeedsRoot = true)]
    public void Neither_process_is_left_where_somebody_kills_the_first_before_the_last_gate()
    {
        (SpawnPlan plan, int[] seen) = LoseTheFirst(isLast: false, () => { });
        Assert.Equal(LibC.ESRCH, Assert.Throws<LinuxException>(() => Spawner.Start(plan)).NativeErrorCode);
        Assert.All(seen, id => Assert.False(Directory.Exists($"/proc/{id}")));
    }

    [StartFact(NeedsRoot = true)]
    public void Neither_process_is_left_where_the_start_is_given_up()
    {
        (SpawnPlan plan, int[] seen) = LoseTheFirst(isLast: true, () => throw new OperationCanceledException());
        Assert.Throws<OperationCanceledException>(() => Spawner.Start(plan));
        Assert.All(seen, id => Assert.False(Directory.Exists($"/proc/{id}")));
    }

    // The numbers of both come with the plan, once it has been run.
    private static (SpawnPlan Plan, int[] Seen) LoseTheFirst(bool isLast, Action then)
    {
        int[] seen = new int[2];
        SpawnPlan plan = SpawnPlanner.Create(new SpawnRequest
        {
            Program = "sh", Arguments = ["-c", "exit 5"], Types = [NamespaceType.User, NamespaceType.Pid], Owner = (1234, 1234),
        });
        int steps = plan.Steps.ToList().FindLastIndex(step => step.Kind == (isLast ? ChildStepKind.Gate : ChildStepKind.Clone)) + 1;
        return (
            new SpawnPlan
            {
                Request = plan.Request, CloneTypes = [], HasPrivateMemory = true, Programs = plan.Programs, Arguments = plan.Arguments, Environment = [],
                Steps =
                [
                    ChildStep.Gate("before", gate => seen[0] = gate.ProcessId),
                    .. plan.Steps.Take(steps),
                    ChildStep.Gate("after", gate =>
                    {
                        seen[1] = gate.ProcessId;
                        Assert.NotEqual(seen[0], seen[1]);
                        Kill(seen[0]);
                        then();
                    }),
                    .. plan.Steps.Skip(steps),
                ],
            },
            seen);
    }

    [StartFact(NeedsRoot = true)]
    public void A_second_process_that_fails_before_its_gate_leaves_nothing()
    {
        NamespaceException exception = Assert.Throws<NamespaceException>(() => Start(new SpawnRequest
        {
            Program = "true", Types = [NamespaceType.User, NamespaceType.Pid], Owner = (1234, 1234), WorkingDirectory = "/nonexistent",
        }));
        Assert.Equal("WorkingDirectoryNotFound", exception.ErrorId);
    }

    [StartFact]
    public void A_start_that_is_given_up_leaves_no_child()
    {
        using CancellationTokenSource cancellation = new();
        int waiting = 0;
        SpawnPlan plan = SpawnPlanner.Create(new SpawnRequest { Program = "true" });
        plan = new SpawnPlan
        {
            Request = plan.Request, CloneTypes = [], HasPrivateMemory = false, Programs = plan.Programs, Arguments = plan.Arguments, Environment = [],
            Steps =
            [
                ChildStep.Gate("nothing", gate =>
                {
                    waiting = gate.ProcessId;
                    Assert.True(Directory.Exists($"/proc/{waiting}"));
                    cancellation.Cancel();
                    gate.Cancellation.ThrowIfCancellationRequested();
                }),
                .. plan.Steps,
            ],
        };
        Assert.Throws<OperationCanceledException>(() => Spawner.Start(plan, cancellation.Token));
        Assert.NotEqual(0, waiting);
        Assert.False(Directory.Exists($"/proc/{waiting}"));
    }

    [StartTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_start_that_waits_for_the_other_end_of_a_fifo_can_be_given_up(bool isInput)
    {
        string fifo = Path.Combine(Path.GetTempPath(), "lnt-" + Guid.NewGuid().ToString("N"));
        Process.Start("mkfifo", fifo).WaitForExit();
        try
        {
            SpawnRequest request = new() { Program = "true" };
            SpawnPlan plan = SpawnPlanner.Create(isInput ? request with { StandardInput = fifo } : request with { StandardOutput = fifo });
            using CancellationTokenSource cancellation = new(TimeSpan.FromMilliseconds(100));
            Assert.ThrowsAny<OperationCanceledException>(() => Spawner.Start(plan, cancellation.Token));
            Assert.ThrowsAny<OperationCanceledException>(() => Spawner.Start(plan, cancellation.Token));
        }
        finally
        {
            File.Delete(fifo);
        }
    }

    /// <summary>Something in a user namespace in which the caller is root.</summary>
    internal static SpawnRequest UserRequest() => new()
    {
        Types = [NamespaceType.User],
        SetGroups = SetGroupsPolicy.Deny,
        GroupMap = new IdMap(IdKind.Group, [new IdRange(0, ProcessCredentials.GroupId, 1)]),
        UserMap = new IdMap(IdKind.User, [new IdRange(0, ProcessCredentials.UserId, 1)]),
    };

    private static void Kill(int processId)
    {
        using Process process = Process.GetProcessById(processId);
        process.Kill();
    }

    private static NamespaceProcess Start(SpawnRequest request) => Spawner.Start(SpawnPlanner.Create(request));

    /// <summary>The kernel is the oracle: it executes no file that is open for writing.</summary>
    [StartFact]
    public void A_fresh_start_goes_on_once_its_program_is_no_longer_open_for_writing()
    {
        string program = Path.GetTempFileName();
        try
        {
            File.Copy("/bin/true", program, overwrite: true);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            SpawnRequest request = new() { Program = program, StandardInput = "/dev/null", StandardOutput = _output, StandardError = _output };
            using FileStream writer = File.OpenWrite(program);
            LinuxException refused = Assert.IsType<LinuxException>(Assert.Throws<NamespaceException>(() => Start(request)).GetBaseException());
            Assert.Equal(LibC.ETXTBSY, refused.NativeErrorCode);
            using Timer closing = new(_ => writer.Dispose(), null, 20, Timeout.Infinite);
            ChildProcess child = ChildProcess.Of(Spawner.StartFresh(request))!;
            using WakeUp never = new();
            Assert.True(child.Wait(TimeSpan.FromSeconds(20), never));
            Assert.False(writer.CanWrite);
        }
        finally
        {
            File.Delete(program);
        }
    }

    private NamespaceProcess Run(SpawnRequest request)
    {
        NamespaceProcess process = Start(request with { StandardInput = "/dev/null", StandardOutput = _output, StandardError = _output });
        using WakeUp never = new();
        Assert.True(ChildProcess.Of(process)!.Wait(TimeSpan.FromSeconds(20), never));
        return process;
    }
}
