using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace LinuxNamespaces.UnitTests;

/// <summary>Writes BTF, record by record, for tests of what reads it.</summary>
internal sealed class BtfBuilder
{
    private readonly MemoryStream _types = new();
    private readonly MemoryStream _strings = new();
    private uint _count;

    internal BtfBuilder() => _strings.WriteByte(0);

    internal uint Integer(string name, uint size) => Type(name, 1, 0, size, size * 8);

    internal uint Pointer(uint target) => Type(string.Empty, 2, 0, target);

    internal uint Array(uint element, uint count) => Type(string.Empty, 3, 0, 0, element, element, count);

    internal uint Modifier(int kind, uint target, string name = "") => Type(name, kind, 0, target);

    internal uint Function(string name, uint prototype) => Type(name, 12, 1, prototype);

    internal uint Plain(string name, int kind, int count, params uint[] rest) => Type(name, kind, count, 4, rest);

    internal uint Structure(string name, uint size, params (string Name, uint Type, uint Bits)[] members) => Compound(name, 4, size, members);

    internal uint Union(string name, uint size, params (string Name, uint Type, uint Bits)[] members) => Compound(name, 5, size, members);

    /// <summary>The members' bit offsets have the width of bit fields in their upper byte.</summary>
    internal uint WithBitFields(string name, uint size, params (string Name, uint Type, uint Bits)[] members) => Compound(name, 4 | 0x80, size, members);

    internal byte[] ToArray()
    {
        MemoryStream data = new();
        BinaryWriter writer = new(data);
        writer.Write((ushort)0xeb9f);
        writer.Write((byte)1);
        writer.Write((byte)0);
        writer.Write(24);
        writer.Write(0);
        writer.Write((int)_types.Length);
        writer.Write((int)_types.Length);
        writer.Write((int)_strings.Length);
        _types.WriteTo(data);
        _strings.WriteTo(data);
        return data.ToArray();
    }

    private uint Compound(string name, int kind, uint size, (string Name, uint Type, uint Bits)[] members)
    {
        List<uint> rest = [];
        foreach ((string member, uint type, uint bits) in members)
        {
            rest.AddRange([Text(member), type, bits]);
        }

        return Type(name, kind, members.Length, size, [.. rest]);
    }

    private uint Type(string name, int kind, int count, uint size, params uint[] rest)
    {
        BinaryWriter writer = new(_types);
        writer.Write(Text(name));
        writer.Write(((uint)kind << 24) | (uint)count);
        writer.Write(size);
        System.Array.ForEach(rest, writer.Write);
        return ++_count;
    }

    private uint Text(string text)
    {
        if (text.Length == 0)
        {
            return 0;
        }

        uint offset = (uint)_strings.Length;
        _strings.Write(Encoding.ASCII.GetBytes(text + '\0'));
        return offset;
    }
}
