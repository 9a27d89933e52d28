using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Look;
using Xunit;

namespace LinuxNamespaces.UnitTests;

public class LookTests
{
    [RootFact]
    public void Both_ways_to_read_mounts_agree()
    {
        using Process lab = Start();
        try
        {
            using LookTarget target = new LookTargets(NamespaceType.Mnt, default).Open(new NamespaceTarget(lab.Id));
            using MountReader reader = new();
            List<MountEntry>? byCalls = MountEntryReader.TryRead(target.Handle);
            if (byCalls is null)
            {
                // Before Linux 6.13 there is one way.
                return;
            }

            List<MountEntry> byLines = reader.ReadLines(target);
            Assert.Contains(byLines, mount => mount.Source == "odd src" && mount.SuperOptions.Contains("size=1024k") && mount.MasterGroup == 0);
            Assert.Contains(byLines, mount => mount.MasterGroup != 0);
            Assert.Equal(byLines, byCalls.Select(mount => mount with { UniqueId = null, UserMap = null, GroupMap = null }));
            Assert.All(byCalls, mount => Assert.NotNull(mount.UniqueId));

            // The same where the kernel lacks the calls.
            OlderKernel.Missing = KernelFeature.ListMount;
            Assert.Null(MountEntryReader.TryRead(target.Handle));
            Assert.Equal(byLines, reader.ReadEntries(target));
            Assert.All(reader.Read(target), mount => Assert.Null(mount.UniqueId));
        }
        finally
        {
            OlderKernel.Missing = KernelFeature.None;
            lab.StandardInput.Close();
            lab.WaitForExit();
        }
    }

    // As Linux 7.2 lists the mounts of a container: its root lies on the first file system.
    [Fact]
    public void The_first_file_system_below_a_root_is_not_shown()
    {
        MountEntry first = new() { Id = 66, ParentId = 65, MountPoint = "/", Type = "rootfs", Source = "rootfs" };
        MountEntry root = new() { Id = 137, ParentId = 66, MountPoint = "/", Type = "overlay", Source = "overlay" };
        MountEntry proc = new() { Id = 139, ParentId = 137, MountPoint = "/proc", Type = "proc", Source = "proc" };
        Assert.Equal([root, proc], MountEntryReader.WithoutHiddenRoot([first, root, proc]));

        // The root of an initial RAM disk, and one root on another.
        MountEntry below = proc with { ParentId = 66 };
        Assert.Equal([first, below], MountEntryReader.WithoutHiddenRoot([first, below]));
        MountEntry over = root with { Id = 140, ParentId = 137 };
        Assert.Equal([root, over], MountEntryReader.WithoutHiddenRoot([root, over]));
    }

    [Fact]
    public void A_line_of_mountinfo_gives_all_its_fields()
    {
        MountEntry mount = Assert.Single(MountLines.Parse(
            "36 35 98:7 /sub\\040dir /mnt\\011x rw,noatime,idmapped shared:4 master:3 propagate_from:2 unbindable new:9 - fuse.sshfs me@host:/a\\134b rw,errors=continue\n"u8));
        Assert.Equal((36, 35, 98u, 7u), (mount.Id, mount.ParentId, mount.Major, mount.Minor));
        Assert.Equal(("/sub dir", "/mnt\\tx", "fuse.sshfs", "me@host:/a\\b"), (mount.Root, mount.MountPoint, mount.Type, mount.Source));
        Assert.Equal(("rw,noatime,idmapped", "rw,errors=continue"), (mount.Options, mount.SuperOptions));
        Assert.Equal((4ul, 3ul, 2ul, true), (mount.PeerGroup, mount.MasterGroup, mount.PropagateFrom, mount.IsUnbindable));
    }

    [Fact]
    public void A_source_may_be_empty() =>
        Assert.Equal(("", "ro,size=4k"), Assert.Single(MountLines.Parse("1 2 0:3 / /x rw - tmpfs  ro,size=4k"u8)) is { } mount ? (mount.Source, mount.SuperOptions) : default);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("36 35 98:7 / /mnt rw shared:4")]
    [InlineData("36 35 98:7 / /mnt rw -")]
    [InlineData("x 35 98:7 / /mnt rw - tmpfs a rw")]
    [InlineData("36 35 98 / /mnt rw - tmpfs a rw")]
    public void Other_lines_are_passed_over(string text) => Assert.Empty(MountLines.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Random_bytes_never_crash_the_parsers()
    {
        Random random = new(1);
        byte[] line = "36 35 98:7 / /mnt rw,noatime shared:4 - ext4 /dev/sda rw\n"u8.ToArray();
        for (int i = 0; i < 20_000; i++)
        {
            byte[] text = [.. line, .. line];
            for (int change = random.Next(6); change >= 0; change--)
            {
                text[random.Next(text.Length)] = (byte)random.Next(256);
            }

            Assert.True(MountLines.Parse(text).Count <= 4);
            Assert.True(SysvIpcTable.Parse(text).Count <= 4);
        }
    }

    [Fact]
    public void A_table_of_System_V_has_its_columns_by_name()
    {
        List<Dictionary<string, long>> rows = SysvIpcTable.Parse("       key      msqid perms\n     18193          0   640\n-559038737          7  1666\nbroken\n 1 2\n"u8);
        Assert.Equal([18193L, -559038737L], rows.Select(row => row["key"]));
        Assert.Equal([0L, 7L], rows.Select(row => row["msqid"]));
        Assert.Equal([640L, 1666L], rows.Select(row => row["perms"]));
    }

    [Fact]
    public void A_queue_of_POSIX_says_how_many_bytes_it_has()
    {
        Assert.Equal(129, NumberText.FindBehind("QSIZE:129        NOTIFY:0     SIGNO:0     NOTIFY_PID:0     \n"u8, "QSIZE:"u8));
        Assert.Null(NumberText.FindBehind("NOTIFY:0"u8, "QSIZE:"u8));
    }

    [Fact]
    public void Ids_pass_through_the_maps_of_both()
    {
        UserMaps own = new("host", 1, true, 1, [new IdRange(0, 0, uint.MaxValue)], [new IdRange(0, 0, uint.MaxValue)], null);
        UserMaps below = new("user:[2]", 2, false, 2, [new IdRange(0, 100000, 10), new IdRange(50, uint.MaxValue, 5)], [new IdRange(0, 200000, 1)], null);
        Assert.Equal(100009u, below.ToSession(9, isGroup: false));
        Assert.Null(below.ToSession(10, isGroup: false));
        Assert.Null(below.ToSession(50, isGroup: false));
        Assert.Equal(200000u, below.ToSession(0, isGroup: true));
        Assert.Equal(4u, below.FromSession(100004, isGroup: false));
        Assert.Null(below.FromSession(uint.MaxValue, isGroup: false));
        Assert.Equal(77u, own.ToSession(77, isGroup: true));
        Assert.Null(own.FromSession(uint.MaxValue, isGroup: false));
    }

    [Fact]
    public void Offsets_of_clocks_are_seconds_and_nanoseconds()
    {
        NamespaceContent content = ContentReader.ParseOffsets("monotonic         100         0\nboottime          -10 500000000\n"u8);
        Assert.Equal(TimeSpan.FromSeconds(100), content.MonotonicOffset);
        Assert.Equal(TimeSpan.FromSeconds(-9.5), content.BootTimeOffset);
        Assert.Null(ContentReader.ParseOffsets(""u8).MonotonicOffset);
    }

    [Theory]
    [InlineData("/a/b", "/", "/a/b")]
    [InlineData("/a/b/c", "/b/c", "/a")]
    [InlineData("/a/b", "/a/b", "/")]
    [InlineData("/a/b", "/../b", null)]
    [InlineData("/a/b", "/x", null)]
    public void The_root_of_a_cgroup_namespace_is_what_stands_before(string here, string inside, string? root) => Assert.Equal(root, ContentReader.FindRoot(here, inside));

    [Fact]
    public void What_a_process_uses_is_read_whatever_it_is_called()
    {
        ProcessUsage usage = default;
        Assert.True(usage.TryParseStat("42 (a) 1 2) (b) S 1 42 42 0 -1 4194304 100 0 0 0 7 5 1 1 20 0 3 0 123456 1000 200 18446744073709551615"u8));
        Assert.Equal((12ul, 3L, 123456ul), (usage.Ticks, usage.Threads, usage.StartTime));
        usage.ParseStatm("1000 200 150 1 0 50 0\n"u8);
        Assert.Equal((200L * Environment.SystemPageSize, 150L * Environment.SystemPageSize), (usage.ResidentBytes, usage.SharedBytes));
        usage.ParseIo("rchar: 10\nwchar: 20\nsyscr: 1\nsyscw: 2\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 0\n"u8);
        Assert.Equal((10L, 20L, 4096L, 8192L), (usage.ReadCharacters, usage.WrittenCharacters, usage.ReadBytes, usage.WrittenBytes));
        Assert.False(default(ProcessUsage).TryParseStat("42 (x) S 1"u8));
        Assert.False(default(ProcessUsage).TryParseStat(""u8));
    }

    private static Process Start()
    {
        const string Commands = "d=$(mktemp -d) && mount -t tmpfs -o mode=711 x $d && cd $d && mkdir a b c 'd e' && mount -t tmpfs -o ro,nosuid,nodiratime,size=1m 'odd src' 'd e' "
            + "&& mount --bind a a && mount --make-shared a && mount --bind a b && mount --make-slave b && mount --make-shared b && mount --bind c c && mount --make-unbindable c "
            + "&& echo ready && cat; cd /; umount -R $d; rmdir $d";
        Process process = Process.Start(new ProcessStartInfo("unshare") { ArgumentList = { "-m", "--propagation", "private", "sh", "-c", Commands }, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process;
    }
}
