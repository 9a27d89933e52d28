using System;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Parts;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>Which way to another root directory is planned, on kernels that have the newer ones and on those that have not.</summary>
public sealed class RootCallsTests : IDisposable
{
    private readonly bool _makeNamespaces = RootCalls.MakeNamespaces;
    private readonly bool _takeDescriptors = RootCalls.TakeDescriptors;

    public void Dispose()
    {
        RootCalls.MakeNamespaces = _makeNamespaces;
        RootCalls.TakeDescriptors = _takeDescriptors;
        OlderKernel.Missing = KernelFeature.None;
    }

    [Fact]
    public void The_kernels_version_agrees_with_what_is_found()
    {
        // A filter of system calls may hide what the kernel has, and nothing shows what it has not.
        Assert.False(_makeNamespaces && Environment.OSVersion.Version < new Version(7, 0));
        Assert.False(_takeDescriptors && Environment.OSVersion.Version < new Version(7, 3));
        OlderKernel.Missing = KernelFeature.All;
        Assert.False(RootCalls.MakeNamespaces || RootCalls.TakeDescriptors);
    }

    [StartTheory]
    [InlineData(MountPropagation.Private, LibC.MS_PRIVATE)]
    [InlineData(MountPropagation.Slave, LibC.MS_SLAVE)]
    public void A_namespace_of_the_root_alone_is_made_late_and_by_no_other_call(MountPropagation propagation, ulong flag)
    {
        RootCalls.MakeNamespaces = true;
        SpawnRequest request = new()
        {
            Program = "true", Root = "/mnt", Types = [NamespaceType.Mnt, NamespaceType.Pid], ProcDirectory = "/proc", Propagation = propagation,
        };

        // In a container without the rights of the host a new /proc needs the old one in sight.
        if (!LinuxUser.IsInFirstNamespace)
        {
            Assert.DoesNotContain(SpawnPlanner.Create(request).Steps, step => step.Call == "open_tree");
            return;
        }

        SpawnPlan plan = SpawnPlanner.Create(request);
        Assert.Equal([NamespaceType.Pid], plan.CloneTypes);
        string[] calls = [.. plan.Steps.Select(step => step.Call).Where(call => call is "open_tree" or "setns" or "mount" or "pivot_root" or "umount2" or "unshare")];
        Assert.Equal(["open_tree", "setns", "mount", "mount"], calls);

        // Nothing may change the propagation of mounts before: they are the session's until then.
        int mount = plan.Steps.ToList().FindIndex(step => step.Call == "mount");
        Assert.True(plan.Steps.ToList().FindIndex(step => step.Call == "setns") < mount);
        Assert.Equal((nint)(flag | LibC.MS_REC), plan.Steps[mount].Arguments[3].Number);
        Assert.Contains("open_tree: make a new mnt of /mnt alone", plan.Describe());
        OlderKernel.Missing = KernelFeature.TreeNamespaces;
        plan = SpawnPlanner.Create(request);
        Assert.Contains(NamespaceType.Mnt, plan.CloneTypes);
        Assert.Contains(plan.Steps, step => step.Call == "pivot_root");
    }

    [StartFact]
    public void Where_more_is_to_be_mounted_or_joined_the_older_way_is_taken()
    {
        RootCalls.MakeNamespaces = true;
        SpawnRequest request = new() { Program = "true", Root = "/mnt", Types = [NamespaceType.Mnt, NamespaceType.User, NamespaceType.Pid] };
        Assert.DoesNotContain(NamespaceType.Mnt, SpawnPlanner.Create(request).CloneTypes);
        SpawnRequest[] older =
        [
            request with { ProcDirectory = "/proc" }, request with { ReadOnlyRoot = true }, request with { Root = "/" }, request with { Root = null },
            request with { Propagation = MountPropagation.Shared }, request with { BinfmtDirectory = "/binfmt" }, request with { Owner = (5, 6) },
        ];
        Assert.All(older.Select(SpawnPlanner.Create), plan =>
        {
            Assert.DoesNotContain(plan.Steps, step => step.Call == "setns");
            Assert.True(plan.CloneTypes.Contains(NamespaceType.Mnt) || plan.Steps.Any(step => step.Call == "unshare"));
        });
    }

    [StartFact]
    public void An_open_directory_becomes_the_root_by_one_call_or_by_two()
    {
        using DescriptorHandle directory = new(Descriptor.OpenAt(LibC.AT_FDCWD, "/\0"u8, LibC.O_PATH));
        SpawnRequest request = new() { Program = "true", RootDirectory = directory };
        RootCalls.TakeDescriptors = true;
        Assert.Equal(["fchroot", "chdir"], Calls());
        RootCalls.TakeDescriptors = false;
        Assert.Equal(["fchdir", "chroot", "chdir"], Calls());

        string[] Calls() => [.. SpawnPlanner.Create(request).Steps.Select(step => step.Call).Where(call => call is "fchroot" or "fchdir" or "chroot" or "chdir")];
    }
}
