using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Limits;
using LinuxNamespaces.Operations.Targets;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>What finds and describes hidden namespaces, on this kernel and on older ones.</summary>
public class HiddenTests
{
    [Fact]
    public void A_table_of_5000_lines_gives_its_namespaces_with_odd_paths()
    {
        StringBuilder table = new();
        for (int i = 0; i < 5000; i++)
        {
            table.Append(i % 100 == 0
                ? $"{i} 23 0:4 net:[{4026530000 + i}] /run/netns/ä\\040\\011\\134\\012\\043{i} rw shared:{i} - nsfs nsfs rw\n"
                : $"{i} 23 0:21 / /mnt/with\\040-\\040nsfs\\040/{i} rw,relatime master:1 - tmpfs tm\\040pfs rw,size=1k\n");
        }

        List<NamespaceMount> mounts = MountTable.ParseNamespaceMounts(Encoding.UTF8.GetBytes(table.ToString()));
        Assert.Equal(50, mounts.Count);
        Assert.Equal(4026534900UL, mounts[^1].Inode);
        Assert.Equal("ä \\t\\\\n#4900", mounts[^1].Name);
    }

    [Fact]
    public void The_mount_a_path_lies_on_is_the_longest_and_last()
    {
        byte[] table = Encoding.UTF8.GetBytes("""
            20 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw
            21 20 0:5 / /srv rw shared:2 master:1 - tmpfs tmpfs rw
            22 21 0:5 / /srv/a\040b rw master:4 - tmpfs tmpfs rw
            23 20 0:5 / /srv rw - tmpfs tmpfs rw
            nonsense
            """);
        Assert.Equal(new MountParent("/", true), MountParent.Find(table, "/etc"));
        Assert.Equal(new MountParent("/", true), MountParent.Find(table, "/srvx"));
        Assert.Equal(new MountParent("/srv", false), MountParent.Find(table, "/srv/x"));
        Assert.Equal(new MountParent("/srv/a b", false), MountParent.Find(table, "/srv/a b/c"));
        Assert.Null(MountParent.Find(default, "/"));
    }

    [Theory]
    [InlineData("Name:\tx\\nUid:\t9\nUid:\t1\t2\t3\t4\nNSpid:\t4711\t12\t1\n", 2U, 1, "4711 12 1")]
    [InlineData("Name:\tx\nPid:\t7\nUid:\t0\t0\t0\t0\n", 0U, 7, "7")]
    public void Status_gives_the_effective_user_and_the_ids_at_each_level(string text, uint userId, int innermost, string all)
    {
        Assert.True(ProcessStatus.TryParse(Encoding.UTF8.GetBytes(text), out ProcessStatus status));
        Assert.Equal((userId, innermost, all), (status.UserId, status.NamespacePid, status.ProcessIds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Name:\tx\n")]
    [InlineData("Name:\tx\nUid:\tmany\tmore\nNSpid:\t1\n")]
    [InlineData("Name:\tx\nUid:\t1\t2\nNSpid:\tno\n")]
    public void Status_of_another_form_is_refused(string text) => Assert.False(ProcessStatus.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("         0       1000          1\n         1     100000      65536\n", 1000U, 0U)]
    [InlineData("         0       1000          1\n         1     100000      65536\n", 100041U, 42U)]
    [InlineData("         0       1000          1\n         1     100000      65536\n", 165535U, 65536U)]
    [InlineData("         0       1000          1\n         1     100000      65536\n", 165536U, null)]
    [InlineData("         0          0 4294967295\n", 65534U, 65534U)]
    [InlineData("", 0U, null)]
    [InlineData("x y z\n1 2\n", 2U, null)]
    public void A_map_gives_the_id_inside(string text, uint outside, uint? inside) =>
        Assert.Equal(inside, IdRange.ToInner(IdRange.ParseAll(text), outside));

    [Fact]
    public void A_kernel_without_the_newer_calls_leaves_errno_as_it_would()
    {
        using NamespaceHandle own = NamespaceFile.Open("/proc/self/ns/mnt");
        try
        {
            OlderKernel.Missing = KernelFeature.All;
            Assert.Null(own.NamespaceId);
            Assert.Equal(LibC.ENOTTY, Errno.Last);
            Assert.Null(MountNamespaceWalk.OpenOthers());
            Assert.Equal(LibC.ENOTTY, Errno.Last);
            Assert.Null(MountNamespaceWalk.ReadNamespaceMounts(own));
            Assert.Equal(LibC.ENOSYS, Errno.Last);
            Assert.Null(NamespaceList.Read());
            Assert.Equal(LibC.ENOSYS, Errno.Last);
            Assert.Null(NamespaceHandle.TryOpenById(NamespaceType.Mnt, own.Inode, 1));
        }
        finally
        {
            OlderKernel.Missing = KernelFeature.None;
        }
    }

    [RootFact]
    public void Our_own_mount_namespace_lists_what_its_table_lists()
    {
        using NamespaceHandle own = NamespaceFile.Open("/proc/self/ns/mnt");
        List<NamespaceMount>? listed = MountNamespaceWalk.ReadNamespaceMounts(own);
        if (listed is null)
        {
            Assert.True(Errno.IsUnsupported(Errno.Last));
            return;
        }

        string[] before = Paths(MountTable.ReadNamespaceMounts());
        listed = MountNamespaceWalk.ReadNamespaceMounts(own)!;
        string[] after = Paths(MountTable.ReadNamespaceMounts());

        // Others come and go meanwhile.
        Assert.Empty(before.Intersect(after).Except(Paths(listed)));
        Assert.Empty(Paths(listed).Except(before.Union(after)));
    }

    [RootFact]
    public void A_namespace_is_opened_by_what_is_never_used_twice()
    {
        using NamespaceHandle own = NamespaceFile.Open("/proc/self/ns/uts");
        if (own.NamespaceId is not ulong id)
        {
            return;
        }

        using NamespaceHandle? again = NamespaceHandle.TryOpenById(NamespaceType.Uts, own.Inode, id);
        Assert.Equal(own.Inode, again?.Inode);
        Assert.Null(NamespaceHandle.TryOpenById(NamespaceType.Uts, own.Inode, ulong.MaxValue));
        Assert.Equal(LibC.ESTALE, Errno.Last);
    }

    [Fact]
    public void Limits_count_against_who_made_the_line_below_us()
    {
        NamespaceLimit[] limits = [.. NamespaceLimits.Read(NamespaceTypes.All, null, default)];
        Assert.Equal(NamespaceTypes.Count, limits.Length);
        Assert.All(limits, limit => Assert.InRange(limit.Left, 0, limit.Limit));
    }

    private static string[] Paths(List<NamespaceMount> mounts) => [.. mounts.Select(mount => $"{mount.Type} {mount.Inode} {mount.DisplayPath}").Distinct()];
}
