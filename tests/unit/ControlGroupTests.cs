using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.ControlGroups;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Groups;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Start.Planning;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>Control groups: their files, their place in a tree that is made here, and real ones where this machine has version 2 mounted.</summary>
public sealed class ControlGroupTests : IDisposable
{
    private const string Version1 = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t1\t1\nblkio\t7\t1\t1\nmemory\t4\t83\t1\npids\t8\t1\t1\n";
    private const string Version2 = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t0\t1\t1\nblkio\t0\t1\t1\nmemory\t0\t83\t1\npids\t0\t1\t1\n";

    private static readonly ControlGroupLimits s_all = new(64 << 20, 0.5, 9, 500);

    private readonly string _root = Directory.CreateTempSubdirectory("linuxnamespaces-groups-").FullName;

    private ControlGroupTree Tree => new(_root, string.Empty);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Limits_are_values_of_files()
    {
        Assert.Equal(
            ["memory.max=67108864", "memory.swap.max=0", "cpu.max=50000 100000", "pids.max=9", "io.weight=default 500"],
            s_all.Settings.Select(setting => $"{setting.File}={setting.Value}"));
        Assert.Equal(["memory", "cpu", "pids", "io"], s_all.Controllers);
        Assert.Equal("memory 67108864 bytes, processors 0.5, processes 9, weight of the disks 500", s_all.ToString());
        Assert.True(new ControlGroupLimits().IsEmpty);
        Assert.False(new ControlGroupLimits(Processes: 1).IsEmpty);
    }

    // systemd.resource-control(5) and the kernel's documentation of bfq: 1 to 10000 becomes 1 to 1000, and 100 stays 100.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(100, 100)]
    [InlineData(10000, 1000)]
    public void A_weight_of_bfq_is_on_another_scale(int weight, int expected) => Assert.Equal(expected, ControlGroupLimits.BfqWeight(weight));

    [Theory]
    [InlineData("0::/user.slice/a b\n", "/user.slice/a b")]
    [InlineData("4:memory:/x\n0::/\n", "/")]
    [InlineData("4:memory:/x\n", null)]
    public void The_group_of_a_process_is_the_line_of_version_2(string text, string? expected) => Assert.Equal(expected, ControlGroupTree.GroupOf(text));

    [Theory]
    [InlineData("", "/a/b", "/mnt/a/b")]
    [InlineData("", "/", "/mnt")]
    [InlineData("/a", "/a/b", "/mnt/b")]
    [InlineData("/a", "/a", "/mnt")]
    [InlineData("/a", "/ab", null)]
    [InlineData("/a", "/", null)]
    public void A_mount_shows_what_is_below_its_root(string root, string group, string? expected) => Assert.Equal(expected, new ControlGroupTree("/mnt", root).FolderOf(group));

    [Fact]
    public void Controllers_of_version_1_are_named()
    {
        NamespaceException failure = Assert.Throws<NamespaceException>(() => GroupPlace.Create(Tree, _root, new ControlGroupLimits(Memory: 1, IoWeight: 1), Version1));
        Assert.Equal("ControlGroupsNotSupported", failure.ErrorId);
        Assert.Contains("version 1 for memory, io:", failure.Message, StringComparison.Ordinal);
        Assert.Equal("ControlGroupsNotSupported", Assert.Throws<NamespaceException>(() => GroupPlace.Create(null, null, s_all, Version2)).ErrorId);
    }

    [Fact]
    public void Controllers_are_handed_on_from_the_top_down_and_beside_the_sessions_group()
    {
        string service = Make("system/ssh", controllers: "", handedOn: "");
        string system = Make("system", controllers: "pids", handedOn: "pids");
        Make("", controllers: "cpu io memory pids", handedOn: "pids");
        ControlGroupLimits limits = new(Memory: 1, Processes: 1);
        GroupPlace place = GroupPlace.Create(Tree, service, limits, Version2);
        Assert.Equal(system, place.Parent);
        Assert.Null(place.Forecast(limits));
        place.Delegate(limits);

        // A file of the kernel takes words and shows the sum. These files have the last word over the old text.
        Assert.StartsWith("+memory", File.ReadAllText(Path.Combine(_root, "cgroup.subtree_control")), StringComparison.Ordinal);
        Assert.StartsWith("+memory", File.ReadAllText(Path.Combine(system, "cgroup.subtree_control")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_controller_that_the_hierarchy_does_not_have_is_an_error()
    {
        string own = Make("session", controllers: "", handedOn: "");
        Make("", controllers: "memory", handedOn: "memory");
        ControlGroupLimits limits = new(Processors: 1);
        GroupPlace place = GroupPlace.Create(Tree, own, limits, Version2);
        Assert.Equal("ControllerNotDelegated", place.Forecast(limits)?.ErrorId);
        Assert.Equal("ControllerNotDelegated", Assert.Throws<NamespaceException>(() => place.Delegate(limits)).ErrorId);
    }

    [Fact]
    public void A_container_whose_root_has_processes_is_an_error()
    {
        Make("", controllers: "memory", handedOn: "");
        GroupPlace place = GroupPlace.Create(Tree, _root, new ControlGroupLimits(Memory: 1), Version2);
        Assert.Equal(_root, place.Parent);
        Assert.Null(place.Forecast(new ControlGroupLimits(Memory: 1)));

        // Only the true root has no such file.
        File.WriteAllText(Path.Combine(_root, "cgroup.type"), "domain\n");
        Assert.Equal("ControlGroupRefused", place.Forecast(new ControlGroupLimits(Memory: 1))?.ErrorId);
        Assert.Equal("ControlGroupRefused", Assert.Throws<NamespaceException>(() => place.Delegate(new ControlGroupLimits(Memory: 1))).ErrorId);
    }

    [Fact]
    public void The_child_waits_outside_until_it_is_in_its_group_and_shares_no_memory()
    {
        SpawnRequest request = new() { Program = "x", Types = [NamespaceType.Cgroup, NamespaceType.Pid], Limits = s_all };
        LimitsPart part = new(request);
        StepList steps = new(new ChildDescriptors(false), part.Needs, hasFirstGate: false, hasLastGate: true);
        foreach (StartStage stage in Enum.GetValues<StartStage>())
        {
            part.AddSteps(stage, steps);
        }

        ChildStep gate = Assert.Single(steps.Steps);
        Assert.Equal(ChildStepKind.Gate, gate.Kind);
        Assert.Contains("processors 0.5", gate.Text, StringComparison.Ordinal);
        Assert.Equal(PartNeeds.PrivateMemory, part.Needs);
        Assert.Equal("looks whether the program is in its control group", Assert.Single(part.WorkAt(StartGate.Last)).Text);

        // The root of a cgroup namespace is the group at that time.
        Assert.Equal([NamespaceType.Pid], NewNamespacesPart.MadeByClone(request));
        Assert.Equal(PartNeeds.None, new LimitsPart(request with { Limits = new() }).Needs);
    }

    [Fact]
    public void Systemd_is_asked_in_its_own_units()
    {
        IReadOnlyList<string> words = SystemdScope.Words("x.scope", [7, 8], s_all, isRoot: false);
        Assert.Equal("--user", words[0]);
        string text = string.Join(' ', words);
        Assert.EndsWith(
            "StartTransientUnit ssa(sv)a(sa(sv)) x.scope fail 11 Description s A program limited by LinuxNamespaces CollectMode s inactive-or-failed Delegate b true MemoryAccounting b true "
            + "CPUAccounting b true PIDs au 2 7 8 MemoryMax t 67108864 MemorySwapMax t 0 CPUQuotaPerSecUSec t 500000 TasksMax t 10 IOWeight t 500 0",
            text,
            StringComparison.Ordinal);
        Assert.Equal("--system", SystemdScope.Words("x.scope", [7], new ControlGroupLimits(Processes: 1), isRoot: true)[0]);
    }

    [RootFact]
    public void A_real_group_counts_kills_and_removes()
    {
        // Without controllers: they may be of version 1. Groups themselves work without.
        if (FindReal() is not GroupPlace place)
        {
            return;
        }

        using Process sleep = Process.Start("sleep", "1000");
        ControlGroup group = GroupMaker.Make(place, new ControlGroupLimits());
        try
        {
            Assert.StartsWith($"{place.Parent}/linuxnamespaces-{Environment.ProcessId}-", group.Path, StringComparison.Ordinal);
            Assert.Equal(0, group.Write("cgroup.procs", sleep.Id.ToString(CultureInfo.InvariantCulture)));
            Assert.True(group.Contains(sleep.Id));
            Assert.NotNull(group.Usage.CpuTime);

            // It is locked, so nobody takes it for one that was left.
            GroupMaker.Sweep(place.Parent);
            Assert.True(Directory.Exists(group.Path));
            Directory.CreateDirectory(group.Path + "/inner");
        }
        finally
        {
            group.Dispose();
        }

        Assert.True(sleep.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(128 + LibC.SIGKILL, sleep.ExitCode);
        Assert.False(Directory.Exists(group.Path));
        Assert.NotNull(group.Usage.CpuTime);
    }

    [RootFact]
    public void A_group_that_was_left_is_removed_and_one_in_use_is_not()
    {
        if (FindReal() is not GroupPlace place)
        {
            return;
        }

        string left = Directory.CreateDirectory(Path.Combine(place.Parent, "linuxnamespaces-0-" + Environment.ProcessId)).FullName;
        string used = Directory.CreateDirectory(left + "-used").FullName;
        using Process sleep = Process.Start("sleep", "1000");
        try
        {
            File.WriteAllText(Path.Combine(used, "cgroup.procs"), sleep.Id.ToString(CultureInfo.InvariantCulture));
            GroupMaker.Sweep(place.Parent);
            Assert.False(Directory.Exists(left));
            Assert.True(Directory.Exists(used));
        }
        finally
        {
            sleep.Kill();
            sleep.WaitForExit();
            Assert.True(SpinWait.SpinUntil(() => ControlGroup.TryRemove(used), TimeSpan.FromSeconds(30)));
        }
    }

    private static GroupPlace? FindReal()
    {
        string? group = ControlGroupTree.GroupOf(File.ReadAllText("/proc/self/cgroup"));
        ControlGroupTree? tree = group is null ? null : ControlGroupTree.Find(group);
        string? own = tree?.FolderOf(group!);
        return own is null || SystemdScope.IsInCharge || (own == tree!.MountPoint && File.Exists(Path.Combine(own, "cgroup.type"))) ? null : new GroupPlace(tree!, own);
    }

    private string Make(string name, string controllers, string handedOn)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, name)).FullName.TrimEnd('/');
        File.WriteAllText(Path.Combine(folder, "cgroup.controllers"), controllers + "\n");
        File.WriteAllText(Path.Combine(folder, "cgroup.subtree_control"), handedOn);
        return folder;
    }
}
