using System;
using System.IO;
using System.Linq;
using LinuxNamespaces.Kernel.Bpf;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>The reader of the kernel's description of its types.</summary>
public class BtfTests
{
    private const int Typedef = 8;
    private const int Constant = 10;
    private const int TypeTag = 18;

    [Fact]
    public void Fields_are_found_through_nested_and_unnamed_structures()
    {
        Btf btf = new(Example(), ["outer", "inner"], ["run"]);
        uint outer = btf.Structure("outer");
        Assert.Equal(new BtfField(0, 4, 1, false), btf.Field(outer, "first"));
        Assert.Equal((8, true, btf.Structure("inner")), Where(btf.Field(outer, "next")));
        Assert.Equal((16 + 4, 4), (btf.Field(outer, "inside.b").Offset, btf.Field(outer, "inside.b").Size));
        Assert.Equal(32, btf.Field(outer, "left").Offset);
        Assert.Equal(36, btf.Field(outer, "right").Offset);
        Assert.Equal(32, btf.Field(outer, "other").Offset);
        Assert.Equal(48, btf.Field(outer, "list").Offset);
        Assert.True(btf.Function("run") > 0);
        Assert.False(btf.TryField(outer, "inside.none", out _));
        Assert.False(btf.TryField(outer, "first.b", out _));
        Assert.False(btf.TryField(0, "first", out _));
    }

    [Fact]
    public void Many_types_are_found_by_number()
    {
        BtfBuilder builder = new();
        uint number = builder.Integer("int", 4);
        uint[] all = [.. Enumerable.Range(0, 1000).Select(i => builder.Structure($"s{i}", 8, ("a", number, 0), ($"m{i}", number, 32)))];
        uint last = builder.Structure("last", 8, ("p", builder.Pointer(all[777]), 0));
        Btf btf = new(builder.ToArray(), ["last", "s998"], []);
        Assert.Equal(4, btf.Field(btf.Field(last, "p").Type, "m777").Offset);
        Assert.Equal(all[998], btf.Structure("s998"));
    }

    [Theory]
    [InlineData("missing", "the kernel has no structure missing")]
    [InlineData("outer", "outer has no field nothing")]
    [InlineData("bits", "flag is a bit field")]
    public void What_is_missing_is_named(string structure, string message)
    {
        byte[] data = Example();
        Assert.Equal(message, Assert.Throws<BpfException>(() =>
        {
            Btf btf = new(data, ["outer", "bits"], []);
            btf.Field(btf.Structure(structure), structure == "bits" ? "flag" : "nothing");
        }).Message);
    }

    [Fact]
    public void A_newer_kind_of_type_is_refused()
    {
        BtfBuilder builder = new();
        builder.Plain("x", 77, 0);
        byte[] data = builder.ToArray();
        Assert.Contains("77", Assert.Throws<BpfException>(() => new Btf(data, [], [])).Message);
    }

    [Fact]
    public void A_ring_of_types_ends()
    {
        BtfBuilder builder = new();
        builder.Modifier(Typedef, 2, "a");
        builder.Modifier(Constant, 1);
        builder.Structure("s", 8, ("ring", 1, 0), (string.Empty, 3, 0), (string.Empty, 3, 0), (string.Empty, 3, 0), (string.Empty, 3, 0), (string.Empty, 3, 0));
        byte[] data = builder.ToArray();
        Assert.Throws<BpfException>(() =>
        {
            Btf btf = new(data, ["s"], []);
            btf.Field(btf.Structure("s"), "ring");
        });
        Assert.Throws<BpfException>(() =>
        {
            Btf btf = new(data, ["s"], []);
            btf.Field(btf.Structure("s"), "none");
        });
    }

    [Fact]
    public void No_bytes_make_it_crash()
    {
        Random random = new(4711);
        byte[] good = Example();
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] data = i % 4 == 0 ? new byte[random.Next(200)] : (byte[])good.Clone();
            if (i % 4 == 0)
            {
                random.NextBytes(data);
                if (data.Length > 2 && i % 8 == 0)
                {
                    (data[0], data[1]) = (0x9f, 0xeb);
                }
            }
            else
            {
                for (int changes = random.Next(1, 6); changes > 0; changes--)
                {
                    data[random.Next(data.Length)] = (byte)random.Next(256);
                }

                data = i % 4 == 1 ? data[..random.Next(data.Length)] : data;
            }

            try
            {
                Btf btf = new(data, ["outer", "inner"], ["run"]);
                foreach (string path in (string[])["first", "next", "inside.b", "right", "list", "none", "flag"])
                {
                    btf.TryField(btf.Structure("outer"), path, out _);
                }
            }
            catch (BpfException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10_000, 20_000);
    }

    [Fact]
    public void The_layout_of_this_kernel_is_found_and_broken_copies_are_refused()
    {
        if (!File.Exists("/sys/kernel/btf/vmlinux"))
        {
            return;
        }

        byte[] data = File.ReadAllBytes("/sys/kernel/btf/vmlinux");
        TaskLayout layout = new(data);
        Assert.True(layout.TaskIterator > 0 && layout.FileIterator > 0 && layout.Namespaces > 0);
        Assert.Equal(8, layout.Task);
        for (int i = 1; i <= 20; i++)
        {
            Assert.Throws<BpfException>(() => new TaskLayout(data.AsSpan(0, data.Length / 21 * i)));
        }
    }

    private static (int Offset, bool IsPointer, uint Type) Where(BtfField field) => (field.Offset, field.IsPointer, field.Type);

    private static byte[] Example()
    {
        BtfBuilder builder = new();
        uint number = builder.Integer("int", 4);
        uint renamed = builder.Modifier(Typedef, number, "u32");
        uint inner = builder.Structure("inner", 8, ("a", number, 0), ("b", builder.Modifier(Constant, renamed), 32));
        uint tagged = builder.Pointer(builder.Modifier(TypeTag, builder.Modifier(Constant, inner), "rcu"));
        uint pair = builder.Structure(string.Empty, 8, ("left", number, 0), ("right", number, 32));
        uint either = builder.Union(string.Empty, 8, (string.Empty, pair, 0), ("other", number, 0));
        builder.Plain("e", 6, 2, 0, 0, 0, 1);
        builder.Plain("e64", 19, 1, 0, 0, 0);
        builder.Plain("data", 15, 1, 1, 0, 4);
        builder.Plain("variable", 14, 0, 1);
        builder.Plain("tag", 17, 0, 0xffffffff);
        builder.Plain("float", 16, 0);
        builder.Structure(
            "outer",
            64,
            ("first", renamed, 0),
            ("next", tagged, 64),
            ("inside", builder.Modifier(9, inner), 128),
            (string.Empty, either, 256),
            ("list", builder.Array(inner, 0), 384));
        builder.WithBitFields("bits", 4, ("flag", number, (1 << 24) | 3), ("rest", number, 0));
        builder.Function("run", builder.Plain(string.Empty, 13, 1, 0, number));
        return builder.ToArray();
    }
}
