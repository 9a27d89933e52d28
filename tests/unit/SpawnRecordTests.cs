using System;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>What a child writes down of its namespaces, compared with what its program sees.</summary>
public sealed class SpawnRecordTests : IDisposable
{
    private readonly string _output = Path.GetTempFileName();

    public void Dispose() => File.Delete(_output);

    public static TheoryData<bool, string> Cases()
    {
        TheoryData<bool, string> cases = [];
        foreach (bool isOld in new[] { false, true })
        {
            foreach (string types in new[] { string.Empty, "User", "User,Uts", "User,Pid", "User,Time", "User,Mnt,Pid", "Cgroup,Ipc,Mnt,Net,Pid,Time,User,Uts" })
            {
                cases.Add(isOld, types);
            }
        }

        return cases;
    }

    // The program opens its output itself: a redirection would leave the session's descriptors with the child.
    [StartTheory]
    [MemberData(nameof(Cases))]
    public void The_namespaces_of_a_started_process_are_its_programs(bool isOld, string names)
    {
        NamespaceType[] types = [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<NamespaceType>)];
        SpawnRequest request = (types.Contains(NamespaceType.User) ? SpawnerTests.UserRequest() : new SpawnRequest()) with
        {
            Program = "sh",
            Arguments = ["-c", "for n in cgroup ipc mnt net pid time user uts; do readlink /proc/self/ns/$n; done > \"$0\"", _output],
            Types = [.. types],
        };
        NamespaceProcess process;
        try
        {
            OlderKernel.Missing = isOld ? KernelFeature.PidDescriptorNamespaces : KernelFeature.None;
            SpawnPlan plan = SpawnPlanner.Create(request);
            Assert.Equal(OpenDescriptors.CanBeClosedAtOnce, plan.SharesDescriptors);

            // The kernel the test runs on may itself be an older one.
            Assert.Equal(isOld || !ProcessNamespaces.OpenByPidDescriptor || types.Length == 0, plan.Steps.All(step => step.Call != "pidfd_open"));
            process = Spawner.Start(plan);
        }
        finally
        {
            OlderKernel.Missing = KernelFeature.None;
        }

        using WakeUp never = new();
        Assert.True(ChildProcess.Of(process)!.Wait(TimeSpan.FromSeconds(20), never));
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(File.ReadAllLines(_output), NamespaceTypes.All.Select(type => $"{type.KernelName()}:[{process.Inodes[(int)type]}]"));
        Assert.Equal(types.Order(), NamespaceTypes.All.Where(type => process.Inodes[(int)type] != Own(type)));
    }

    // Where the thread's children are numbered anew, the session's number for the child is not the child's own.
    [StartFact(NeedsRoot = true)]
    public void A_child_in_another_pid_namespace_than_its_thread_finds_itself()
    {
        using NamespaceThread thread = new();
        NamespaceProcess process = thread.Run(() =>
        {
            thread.Unshare(LibC.CLONE_NEWPID);
            return Spawner.Start(SpawnPlanner.Create(new SpawnRequest
            {
                Program = "sh", Arguments = ["-c", "exec sleep 60"], Types = [NamespaceType.Uts],
            }));
        });
        try
        {
            Assert.Equal($"uts:[{process.UtsNamespace}]", new FileInfo($"/proc/{process.Id}/ns/uts").LinkTarget);
            Assert.Equal($"pid:[{process.PidNamespace}]", new FileInfo($"/proc/{process.Id}/ns/pid").LinkTarget);
            Assert.NotEqual(Own(NamespaceType.Pid), process.PidNamespace);
        }
        finally
        {
            ChildProcess.Of(process)!.Destroy();
        }
    }

    private static ulong Own(NamespaceType type)
    {
        using ProcessDirectory own = ProcessDirectory.OpenOwnThread();
        return own.ReadNamespaceInode(NamespaceLink.PathOf(type));
    }
}
