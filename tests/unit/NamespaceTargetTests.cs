using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Find;
using LinuxNamespaces.Operations.Targets;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>What a target means, and that it goes on meaning the same.</summary>
public class NamespaceTargetTests
{
    [Fact]
    public void A_number_is_a_process_with_all_its_namespaces_open()
    {
        using ResolvedTarget target = new NamespaceTarget(Environment.ProcessId).Resolve();
        Assert.Equal(Environment.ProcessId, target.Process!.ProcessId);
        Assert.True(target.Process.Exists);
        Assert.True(target.Process.PidDescriptor >= 0);
        Assert.StartsWith($"process {Environment.ProcessId} (", target.Label);
        Assert.Equal(NamespaceTypes.All, target.Types);
        foreach (NamespaceType type in target.Types)
        {
            Assert.Equal(LinkText(type), $"{type.KernelName()}:[{target[type]!.Inode}]");
        }
    }

    [Fact]
    public void Only_the_types_asked_for_are_opened()
    {
        using ResolvedTarget target = new NamespaceTarget(Process.GetCurrentProcess()).Resolve(NamespaceTypeSet.Of(NamespaceType.Uts));
        Assert.Equal([NamespaceType.Uts], target.Types);
    }

    [Theory]
    [InlineData("/proc/self/ns/ipc")]
    [InlineData(null)]
    public void A_path_and_the_kernels_text_are_one_namespace(string? text)
    {
        using ResolvedTarget target = new NamespaceTarget(text ?? LinkText(NamespaceType.Ipc)).Resolve();
        Assert.Null(target.Process);
        Assert.Equal([NamespaceType.Ipc], target.Types);
        Assert.Equal(LinkText(NamespaceType.Ipc), $"ipc:[{target[NamespaceType.Ipc]!.Inode}]");
    }

    [Fact]
    public void A_namespace_is_found_again()
    {
        NamespaceInfo uts = NamespaceInventory.Read(new InventoryOptions { ProcessIds = new System.Collections.Generic.HashSet<int> { Environment.ProcessId } })
            .Namespaces.Single(ns => ns.Type == NamespaceType.Uts);
        using ResolvedTarget target = new NamespaceTarget(uts).Resolve();
        Assert.Equal(uts.Inode, target[NamespaceType.Uts]!.Inode);
        Assert.Equal(uts.ToString(), target.Label);
    }

    [Fact]
    public void Another_namespace_with_its_inode_is_refused()
    {
        using ResolvedTarget own = new NamespaceTarget("/proc/self/ns/uts").Resolve();
        NamespaceInfo past = new() { Type = NamespaceType.Uts, Inode = own[NamespaceType.Uts]!.Inode, NamespaceId = ulong.MaxValue, Path = "/proc/self/ns/uts" };
        if (own[NamespaceType.Uts]!.NamespaceId is not null)
        {
            Assert.Equal("NamespaceGone", Failure(new NamespaceTarget(past)));
        }

        NamespaceInfo otherType = new() { Type = NamespaceType.Net, Inode = past.Inode, Path = "/proc/self/ns/uts" };
        Assert.Equal("NamespaceGone", Failure(new NamespaceTarget(otherType)));
    }

    [Fact]
    public void Another_process_with_its_number_is_refused()
    {
        ProcessIdentity now = ProcessIdentity.Of(Environment.ProcessId);
        TargetResolver resolver = new(NamespaceTypeSet.All, default);
        Assert.Equal("ProcessRecycled", Assert.Throws<NamespaceException>(() => resolver.Resolve(now with { StartTicks = now.StartTicks - 1 })).ErrorId);
    }

    [Fact]
    public void A_process_that_has_ended_is_not_found()
    {
        using Process child = Process.Start("true");
        NamespaceTarget before = new(child);
        child.WaitForExit();
        Assert.Equal("ProcessNotFound", Failure(before));
        Assert.Equal("ProcessNotFound", Failure(new NamespaceTarget(child)));
        Assert.Equal("ProcessNotFound", Failure(new NamespaceTarget("999999999")));
    }

    [Theory]
    [InlineData("no-such-thing", "TargetNotFound")]
    [InlineData("docker:no-such-thing", "TargetNotFound")]
    [InlineData("/etc/passwd", "NotANamespace")]
    [InlineData("net:[1]", "NamespaceGone")]
    public void Text_that_means_nothing_says_so(string text, string errorId)
    {
        Assert.Equal(errorId, Failure(new NamespaceTarget(text)));
        Assert.Equal(text, new NamespaceTarget(text).ToString());
    }

    private static string Failure(NamespaceTarget target) => Assert.Throws<NamespaceException>(() => target.Resolve().Dispose()).ErrorId;

    private static string LinkText(NamespaceType type) => File.ResolveLinkTarget($"/proc/self/ns/{type.KernelName()}", false)!.Name;
}
