using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Processes;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>The texts of /proc, with what processes and administrators can put into them.</summary>
public class ParserTests
{
    private const string Tail = " 7 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1 2";

    [Theory]
    [InlineData("42 (bash) S" + Tail, 'S', 7)]
    [InlineData("42 (a b) R" + Tail, 'R', 7)]
    [InlineData("42 (x)\n1 (y) Z 1 2) Z" + Tail, 'Z', 7)]
    [InlineData("42 () S" + Tail, 'S', 7)]
    public void Stat_is_read_behind_the_last_bracket(string line, char state, int parent)
    {
        Assert.True(ProcessStat.TryParse(Encoding.UTF8.GetBytes(line), out ProcessStat stat));
        Assert.Equal((state, parent, 98765UL), (stat.State, stat.ParentId, stat.StartTime));
    }

    [Theory]
    [InlineData("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0", true)]
    [InlineData("42 (kthreadd) S" + Tail, false)]
    public void Stat_tells_threads_of_the_kernel(string line, bool expected)
    {
        Assert.True(ProcessStat.TryParse(Encoding.UTF8.GetBytes(line), out ProcessStat stat));
        Assert.Equal(expected, stat.IsKernelThread);
    }

    [Theory]
    [InlineData("")]
    [InlineData("42 (bash")]
    [InlineData("42 (bash)")]
    [InlineData("42 (bash) S")]
    [InlineData("42 (bash) S x 1 1")]
    public void Stat_of_another_form_is_refused(string line) => Assert.False(ProcessStat.TryParse(Encoding.UTF8.GetBytes(line), out _));

    [Theory]
    [InlineData("net:[4026531840]", 4026531840UL)]
    [InlineData("mnt:[1]", 1UL)]
    [InlineData("net:[18446744073709551615]", ulong.MaxValue)]
    [InlineData("net:[18446744073709551616]", 0UL)]
    [InlineData("net:[12x]", 0UL)]
    [InlineData("net:[]", 0UL)]
    [InlineData("net:12", 0UL)]
    [InlineData("[12]", 0UL)]
    [InlineData("", 0UL)]
    public void Link_text_gives_its_inode(string text, ulong inode) => Assert.Equal(inode, NamespaceLink.ParseInode(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Mount_table_gives_its_namespaces()
    {
        const string Table = """
            22 28 0:21 / /proc rw,nosuid shared:5 - proc proc rw
            301 23 0:4 net:[4026532231] /run/netns/blue rw shared:161 - nsfs nsfs rw
            302 23 0:4 uts:[4026532300] /tmp/with\040blank\011tab\134slash\012line rw - nsfs nsfs rw
            303 23 0:4 net:[4026532232] /run/netns/deep/er rw shared:1 master:2 propagate_from:3 - nsfs nsfs rw
            304 23 0:4 / /run/netns/plain rw - nsfs nsfs rw
            305 23 0:4 net:[x] /run/netns/broken rw - nsfs nsfs rw
            306 23 0:4 net:[4026532233] /run/netns/tm\303\244 rw - nsfs nsfs rw
            """;
        List<NamespaceMount> mounts = MountTable.ParseNamespaceMounts(Encoding.UTF8.GetBytes(Table));
        Assert.Equal(
            [
                (NamespaceType.Net, 4026532231UL, "/run/netns/blue", "blue"),
                (NamespaceType.Uts, 4026532300UL, "/tmp/with blank\\ttab\\slash\\nline", null),
                (NamespaceType.Net, 4026532232UL, "/run/netns/deep/er", null),
                (NamespaceType.Net, 4026532233UL, "/run/netns/tmä", "tmä"),
            ],
            mounts.Select(mount => (mount.Type, mount.Inode, mount.DisplayPath, mount.Name)));
    }

    [Theory]
    [InlineData("22 28 0:21 / /proc rw,nosuid shared:5 - proc proc rw", false, null)]
    [InlineData("22 28 0:21 / /proc rw - proc proc rw,hidepid=2", true, null)]
    [InlineData("22 28 0:21 / /proc rw - proc proc rw,gid=27,hidepid=invisible", true, 27U)]
    [InlineData("22 28 0:21 / /proc rw - proc proc rw,gid=27,hidepid=ptraceable", true, null)]
    [InlineData("22 28 0:21 / /proc rw - proc proc rw,hidepid=noaccess,gid=5", false, 5U)]
    [InlineData("22 28 0:21 / /proc rw - proc proc rw,hidepid=2\n23 22 0:22 / /proc rw - proc proc rw", false, null)]
    [InlineData("22 28 0:21 / /srv/proc rw - proc proc rw,hidepid=2", false, null)]
    [InlineData("22 28 0:21 / /proc rw - tmpfs tmpfs rw,hidepid=2", false, null)]
    [InlineData("hidepid=", false, null)]
    public void Mount_table_gives_what_proc_hides(string table, bool hides, uint? group) =>
        Assert.Equal(new ProcessHiding(hides, group), ProcessHiding.Parse(Encoding.UTF8.GetBytes(table)));

    [Fact]
    public void Random_bytes_never_break_a_parser()
    {
        Random random = new(20260820);
        byte[] alphabet = Encoding.UTF8.GetBytes(" \n\\0127:[]()-nsfsnet/Z");
        for (int i = 0; i < 20000; i++)
        {
            byte[] line = new byte[random.Next(120)];
            for (int j = 0; j < line.Length; j++)
            {
                line[j] = random.Next(4) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            }

            _ = ProcessStat.TryParse(line, out _);
            _ = NamespaceLink.ParseInode(line);
            _ = MountTable.ParseNamespaceMounts([.. "1 2 0:4 net:[5] "u8, .. line, .. " - nsfs nsfs rw"u8]);
            _ = ProcessHiding.Parse([.. "1 2 0:4 / /proc rw - proc proc hidepid=2,"u8, .. line]);
            Assert.DoesNotContain(SafeText.FromUtf8(line), character => char.IsControl(character));
        }
    }

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("tab\there", "tab\\there")]
    [InlineData("\u001b]0;title\u0007", "\\x1b]0;title\\x07")]
    [InlineData("c1 \u009b31m", "c1 \\x9b31m")]
    [InlineData("\u2028\u202e", "\\u2028\\u202e")]
    [InlineData("ünïcödé 日本 🐧", "ünïcödé 日本 🐧")]
    [InlineData("tag \U000E0041", "tag \\U000e0041")]
    public void Text_is_made_fit_for_a_terminal(string text, string safe) => Assert.Equal(safe, SafeText.Escape(text));

    [Fact]
    public void Bytes_that_are_no_text_become_replacement_characters() => Assert.Equal("a\ufffdb", SafeText.FromUtf8([0x61, 0xff, 0x62]));
}
