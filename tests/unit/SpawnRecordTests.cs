using System;
using System.IO;
using System.Linq;
using LinuxNamespaces.Kernel;
using LinuxNamespaces.Operations;
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
    [Theory]
    [MemberData(nameof(Cases))]
    public void The_namespaces_of_a_started_process_are_its_programs(bool isOld, string names)
    {
        NamespaceType[] types = [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<NamespaceType>)];
        bool isUser = types.Contains(NamespaceType.User);
        SpawnRequest request = new()
        {
            Program = "sh",
            Arguments = ["-c", "for n in cgroup ipc mnt net pid time user uts; do readlink /proc/self/ns/$n; done > \"$0\"", _output],
            Types = types,
            UserMap = isUser ? new IdMap(IdKind.User, [new IdRange(0, ProcessCredentials.UserId, 1)]) : null,
            GroupMap = isUser ? new IdMap(IdKind.Group, [new IdRange(0, ProcessCredentials.GroupId, 1)]) : null,
            SetGroups = isUser ? SetGroupsPolicy.Deny : null,
        };
        NamespaceProcess process;
        try
        {
            OlderKernel.Missing = isOld ? KernelFeature.PidDescriptorNamespaces : KernelFeature.None;
            SpawnPlan plan = SpawnPlanner.Create(request);
            Assert.True(plan.SharesDescriptors);
            Assert.Equal(isOld || types.Length == 0, plan.Steps.All(step => step.Call != "pidfd_open"));
            process = Spawner.Start(plan);
        }
        finally
        {
            OlderKernel.Missing = KernelFeature.None;
        }

        using WakeUp never = new();
        Assert.True(process.Child!.Wait(TimeSpan.FromSeconds(20), never));
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(File.ReadAllLines(_output), Enum.GetValues<NamespaceType>().Select(type => $"{type.KernelName()}:[{process.Inodes[(int)type]}]"));
        Assert.Equal(types.Order(), Enum.GetValues<NamespaceType>().Where(type => process.Inodes[(int)type] != Own(type)));
    }

    private static ulong Own(NamespaceType type)
    {
        using ProcessDirectory own = ProcessDirectory.OpenOwnThread();
        return own.ReadNamespaceInode(NamespaceLink.PathOf(type));
    }
}
