using System;
using System.IO;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Contexts;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Maps;
using LinuxNamespaces.Operations.Start.Parts;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>Children made by clone3(2). Kernels that do not end a child with its session are asked with a flag that all have.</summary>
public sealed class ForkChainTests : IDisposable
{
    // CLONE_CLEAR_SIGHAND (Linux 5.5).
    private const ulong AnyFlag = 1UL << 32;

    private readonly string _output = Path.GetTempFileName();

    public void Dispose() => File.Delete(_output);

    [StartTheory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_child_of_clone3_does_what_one_of_clone_does(bool hasPrivateMemory, bool sharesDescriptors)
    {
        SpawnRequest request = new() { Program = "sh", Arguments = ["-c", "exit $0", "9"], Types = [NamespaceType.User] };
        if (!sharesDescriptors)
        {
            request = request with { Arguments = ["-c", "readlink /proc/self/ns/user; exit $0", "9"], StandardOutput = _output };
        }

        for (int i = 0; i < 50; i++)
        {
            SpawnPlan plan = Plan(request, AnyFlag, hasPrivateMemory);
            Assert.Equal(sharesDescriptors, plan.SharesDescriptors);
            NamespaceProcess process = Spawner.Start(plan);
            Wait(process);
            Assert.Equal(9, process.ExitCode);
            Assert.Equal(sharesDescriptors ? string.Empty : $"user:[{process.UserNamespace}]\n", File.ReadAllText(_output));
        }
    }

    [StartFact(NeedsRoot = true)]
    public void A_gate_is_opened_and_a_failure_reported()
    {
        IdMap users = new(IdKind.User, [new IdRange(0, ProcessCredentials.UserId, 1)]);
        IdMap groups = new(IdKind.Group, [new IdRange(0, ProcessCredentials.GroupId, 1)]);
        SpawnRequest request = new()
        {
            Program = "cat", Arguments = ["/proc/self/uid_map"], Types = [NamespaceType.User], UserMap = users, GroupMap = groups, StandardOutput = _output,
        };
        SpawnPlan plan = Plan(request, AnyFlag, false);
        Assert.True(plan.HasGates);
        NamespaceProcess process = Spawner.Start(plan);
        Wait(process);
        Assert.Equal($"0 {ProcessCredentials.UserId} 1", string.Join(' ', File.ReadAllText(_output).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        Assert.Equal("ProgramNotFound", Assert.Throws<NamespaceException>(() => Spawner.Start(Plan(request with { Program = "/nonexistent" }, AnyFlag, false))).ErrorId);
        Assert.Equal("WorkingDirectoryNotFound", Assert.Throws<NamespaceException>(() => Spawner.Start(Plan(request with { WorkingDirectory = "/nonexistent" }, AnyFlag, true))).ErrorId);
    }

    [StartFact]
    public void A_refused_call_makes_nothing()
    {
        SpawnRequest request = new() { Program = "true" };
        NamespaceException refused = Assert.Throws<NamespaceException>(() => Spawner.Start(Plan(request, 1UL << 63, false)));
        Assert.Equal(("clone3", LibC.EINVAL), (((LinuxException)refused.InnerException!).Syscall, ((LinuxException)refused.InnerException).NativeErrorCode));
    }

    [StartFact]
    public unsafe void A_child_that_is_killed_on_its_way_leaves_the_session_as_it_was()
    {
        const int Calls = 300;
        int killed = 0;
        for (int i = 0; i < 200; i++)
        {
            using ChildMemory memory = ChildMemory.Rent(ContextChain.MeasureMemory(Calls) + ForkChain.MemorySize + 4096);
            int* self = (int*)memory.Allocate(sizeof(int));
            *self = -1;
            nint cell = (nint)self;

            // By another thread, as soon as there is a pidfd: the child may not have begun by then, or may have ended.
            Thread killer = new(() =>
            {
                while (Volatile.Read(ref *(int*)cell) < 0)
                {
                    Thread.SpinWait(1);
                }

                _ = LibC.syscall4(LibC.SYS_pidfd_send_signal, *(int*)cell, LibC.SIGKILL, 0, 0);
            });
            killer.Start();
            int id;
            using (SignalMask.Full())
            {
                ContextChain chain = new(memory, Calls);
                for (int call = 0; call < Calls; call++)
                {
                    chain.Add(LibCExports.umask, 0x12);
                }

                chain.End();
                id = new ForkChain(memory).Run(memory, AnyFlag | LibC.CLONE_VM | LibC.CLONE_FILES, LibC.SIGCHLD, chain.Start, self);
            }

            Assert.True(id > 0);
            killer.Join();
            ChildProcess child = new(id, Descriptor.FromResult(*self));
            Assert.True(child.Wait(TimeSpan.FromSeconds(20), null));
            killed += child.Signal == LibC.SIGKILL ? 1 : 0;
        }

        Assert.True(killed > 0);
    }

    [StartFact]
    public void Only_what_the_kernel_has_is_planned()
    {
        SpawnRequest request = new() { Program = "sleep", Arguments = ["1000"], ParentDeathSignal = LibC.SIGKILL };
        bool isNew = HeldChild.CanBeMade(false);
        SpawnPlan plan = SpawnPlanner.Create(request);
        Assert.Equal(isNew, plan.IsHeld);
        Assert.Equal(!isNew, plan.HasGates);
        Assert.Equal(isNew, plan.Describe().First().StartsWith("clone3: ", StringComparison.Ordinal));

        // Another signal, a reaper and a second process need the older way.
        Assert.False(SpawnPlanner.Create(request with { ParentDeathSignal = LibC.SIGTERM }).IsHeld);
        Assert.False(SpawnPlanner.Create(request with { Types = [NamespaceType.Pid], HasReaper = true }).IsHeld);
        Assert.False(SpawnPlanner.Create(request with { Types = [NamespaceType.User, NamespaceType.Pid], Owner = (5, 6) }).IsHeld);
        try
        {
            OlderKernel.Missing = KernelFeature.HeldChild;
            plan = SpawnPlanner.Create(request);
            Assert.False(plan.IsHeld);
            Assert.Contains(plan.Steps, step => step.Call == "prctl" && step.Arguments[0].Number == LibC.PR_SET_PDEATHSIG);
        }
        finally
        {
            OlderKernel.Missing = KernelFeature.None;
        }
    }

    private static SpawnPlan Plan(SpawnRequest request, ulong flags, bool hasPrivateMemory)
    {
        request = request with { SearchPath = "/usr/bin:/bin" };
        SpawnPlan plan = SpawnPlanner.Create(request);
        return new SpawnPlan
        {
            Request = request, CloneTypes = plan.CloneTypes, NewerFlags = flags, HasPrivateMemory = hasPrivateMemory || plan.HasPrivateMemory, SharesDescriptors = plan.SharesDescriptors,
            FreesStandardStreams = plan.FreesStandardStreams, Steps = plan.Steps, Programs = plan.Programs, Arguments = plan.Arguments, Environment = plan.Environment,
        };
    }

    private static void Wait(NamespaceProcess process) => Assert.True(ChildProcess.Of(process)!.Wait(TimeSpan.FromSeconds(20), null));
}
