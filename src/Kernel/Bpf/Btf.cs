using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>
/// BTF, the kernel's description of its own types (/sys/kernel/btf/vmlinux), as far as offsets of fields need it. No bytes
/// can make it crash or loop: whatever is malformed ends in a <see cref="BpfException"/>. See the kernel's Documentation/bpf/btf.rst.
/// </summary>
internal readonly unsafe ref struct Btf
{
    // The offset of every so many types is kept; the types between are walked over.
    private const int Stride = 64;

    // Longer chains of typedefs and deeper nests of structures do not occur.
    private const int MaxChain = 32;
    private const int MaxDepth = 8;
    private const int MaxVisits = 100_000;

    private readonly ReadOnlySpan<byte> _types;
    private readonly ReadOnlySpan<byte> _strings;
    private readonly List<int> _index = [];
    private readonly string[] _structures;
    private readonly string[] _functions;
    private readonly uint[] _structureIds;
    private readonly uint[] _functionIds;

    /// <summary>Reads the types once, and remembers those of these names.</summary>
    /// <param name="data">The whole of a BTF file.</param>
    /// <param name="structures">The structures that are to be found by name.</param>
    /// <param name="functions">The functions that are to be found by name.</param>
    /// <exception cref="BpfException">The data is not BTF of this byte order, is cut, or has types newer than this module.</exception>
    internal Btf(ReadOnlySpan<byte> data, string[] structures, string[] functions)
    {
        if (!MemoryMarshal.TryRead(data, out LibC.btf_header header) || header.magic != LibC.BTF_MAGIC)
        {
            throw new BpfException("the description of the kernel's types is not BTF");
        }

        ulong types = (ulong)header.hdr_len + header.type_off;
        ulong strings = (ulong)header.hdr_len + header.str_off;
        if (header.hdr_len < sizeof(LibC.btf_header) || types + header.type_len > (ulong)data.Length || strings + header.str_len > (ulong)data.Length)
        {
            throw new BpfException("the description of the kernel's types is cut");
        }

        _types = data.Slice((int)types, (int)header.type_len);
        _strings = data.Slice((int)strings, (int)header.str_len);
        (_structures, _structureIds) = (structures, new uint[structures.Length]);
        (_functions, _functionIds) = (functions, new uint[functions.Length]);
        Scan(BtfType.EncodeNames(structures), BtfType.EncodeNames(functions));
    }

    /// <summary>The id of a structure that was asked for.</summary>
    /// <exception cref="BpfException">There is none of that name.</exception>
    internal uint Structure(string name) => Named("structure", name, _structures, _structureIds);

    /// <summary>The same; false where there is none of that name.</summary>
    internal bool TryStructure(string name, out uint id) => TryNamed(name, _structures, _structureIds, out id);

    /// <summary>The id of a function that was asked for.</summary>
    /// <exception cref="BpfException">There is none of that name.</exception>
    internal uint Function(string name) => Named("function", name, _functions, _functionIds);

    /// <summary>The same; false where there is none of that name.</summary>
    internal bool TryFunction(string name, out uint id) => TryNamed(name, _functions, _functionIds, out id);

    /// <summary>
    /// Finds a field by its name, or by several with dots between where structures are nested. Members of unnamed structures
    /// and unions count as members of what these are in.
    /// </summary>
    /// <exception cref="BpfException">The structure has no such field, or it is a bit field.</exception>
    internal BtfField Field(uint structure, string path) =>
        TryField(structure, path, out BtfField field) ? field : throw new BpfException($"{NameOf(structure)} has no field {path}");

    /// <summary>The same; false where the structure has no such field.</summary>
    /// <exception cref="BpfException">The data is malformed.</exception>
    internal bool TryField(uint structure, string path, out BtfField field)
    {
        int offset = 0;
        uint type = structure;
        foreach (string name in path.Split('.'))
        {
            int visits = MaxVisits;
            if (!TryMember(type, Encoding.ASCII.GetBytes(name), MaxDepth, ref visits, ref offset, out type))
            {
                field = default;
                return false;
            }
        }

        uint resolved = Resolve(type);
        bool isPointer = TypeAt(resolved).Kind == LibC.BTF_KIND_PTR;
        field = new BtfField(offset, SizeOf(resolved), isPointer ? Resolve(TypeAt(resolved).Target) : resolved, isPointer);
        return true;
    }

    // The loop runs over some 150,000 types: compiled well at once, it takes a few milliseconds.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scan(byte[][] structures, byte[][] functions)
    {
        int position = 0;
        for (uint id = 1; position < _types.Length; id++)
        {
            if ((id - 1) % Stride == 0)
            {
                _index.Add(position);
            }

            BtfType type = Read(position);
            if (type.Kind is LibC.BTF_KIND_STRUCT or LibC.BTF_KIND_FUNC)
            {
                bool isStructure = type.Kind == LibC.BTF_KIND_STRUCT;
                uint[] ids = isStructure ? _structureIds : _functionIds;
                int which = Find(isStructure ? structures : functions, type.Name);
                if (which >= 0 && ids[which] == 0)
                {
                    ids[which] = id;
                }
            }

            position = type.End;
        }
    }

    private int Find(byte[][] names, uint offset)
    {
        if (offset >= (uint)_strings.Length)
        {
            throw Malformed();
        }

        ReadOnlySpan<byte> text = _strings[(int)offset..];
        for (int i = 0; i < names.Length; i++)
        {
            if (text.StartsWith(names[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static uint Named(string kind, string name, string[] names, uint[] ids) =>
        TryNamed(name, names, ids, out uint id) ? id : throw new BpfException($"the kernel has no {kind} {name}");

    private static bool TryNamed(string name, string[] names, uint[] ids, out uint id)
    {
        id = Array.IndexOf(names, name) is int which and >= 0 ? ids[which] : 0;
        return id != 0;
    }

    private bool TryMember(uint structure, ReadOnlySpan<byte> name, int depth, ref int visits, ref int offset, out uint type)
    {
        type = 0;
        BtfType parent = TypeAt(Resolve(structure));
        if (depth == 0 || parent.Kind is not (LibC.BTF_KIND_STRUCT or LibC.BTF_KIND_UNION))
        {
            return false;
        }

        for (int i = 0; i < parent.Count; i++)
        {
            if (--visits < 0)
            {
                throw Malformed();
            }

            LibC.btf_member member = MemoryMarshal.Read<LibC.btf_member>(_types[(parent.Body + (i * sizeof(LibC.btf_member)))..]);
            uint bits = parent.HasBitFields ? member.offset & 0xffffff : member.offset;
            bool isBitField = (parent.HasBitFields && member.offset >> 24 != 0) || bits % 8 != 0;
            ReadOnlySpan<byte> own = TextAt(member.name_off);
            int inner = offset + (int)(bits / 8);
            if (own.SequenceEqual(name))
            {
                offset = inner;
                type = member.type;
                return isBitField ? throw new BpfException($"{Encoding.ASCII.GetString(name)} is a bit field") : true;
            }

            if (own.IsEmpty && TryMember(member.type, name, depth - 1, ref visits, ref inner, out type))
            {
                offset = inner;
                return true;
            }
        }

        return false;
    }

    // Through typedefs, qualifiers and tags.
    private uint Resolve(uint id)
    {
        for (int i = 0; i < MaxChain; i++)
        {
            if (id == 0)
            {
                return 0;
            }

            BtfType type = TypeAt(id);
            if (type.Kind is not (LibC.BTF_KIND_TYPEDEF or LibC.BTF_KIND_VOLATILE or LibC.BTF_KIND_CONST or LibC.BTF_KIND_RESTRICT or LibC.BTF_KIND_TYPE_TAG))
            {
                return id;
            }

            id = type.Target;
        }

        throw Malformed();
    }

    private int SizeOf(uint id)
    {
        BtfType type = TypeAt(id);
        return type.Kind switch
        {
            LibC.BTF_KIND_PTR => sizeof(nint),
            LibC.BTF_KIND_ARRAY => 0,
            LibC.BTF_KIND_INT or LibC.BTF_KIND_STRUCT or LibC.BTF_KIND_UNION or LibC.BTF_KIND_ENUM or LibC.BTF_KIND_ENUM64 or LibC.BTF_KIND_FLOAT => (int)type.Target,
            _ => 0,
        };
    }

    private string NameOf(uint id) => id == 0 ? "void" : Encoding.ASCII.GetString(TextAt(TypeAt(id).Name));

    // Type 0 is void and has no record.
    private BtfType TypeAt(uint id)
    {
        if (id == 0)
        {
            return default;
        }

        uint block = (id - 1) / Stride;
        if (block >= (uint)_index.Count)
        {
            throw Malformed();
        }

        int position = _index[(int)block];
        for (uint i = (id - 1) % Stride; i > 0; i--)
        {
            position = Read(position).End;
        }

        return Read(position);
    }

    private BtfType Read(int position)
    {
        if (position > _types.Length - sizeof(LibC.btf_type))
        {
            throw Malformed();
        }

        LibC.btf_type type = MemoryMarshal.Read<LibC.btf_type>(_types[position..]);
        int kind = (int)(type.info >> 24) & 0x7f;

        // Older kernels leave the upper eight bits of the count unused, and zero.
        int count = (int)(type.info & 0xffffff);
        int element = kind switch
        {
            LibC.BTF_KIND_STRUCT or LibC.BTF_KIND_UNION or LibC.BTF_KIND_DATASEC or LibC.BTF_KIND_ENUM64 => 12,
            LibC.BTF_KIND_ENUM or LibC.BTF_KIND_FUNC_PROTO => 8,
            _ => 0,
        };
        int rest = kind switch
        {
            LibC.BTF_KIND_INT or LibC.BTF_KIND_VAR or LibC.BTF_KIND_DECL_TAG => sizeof(uint),
            LibC.BTF_KIND_ARRAY => sizeof(LibC.btf_array),
            >= LibC.BTF_KIND_PTR and <= LibC.BTF_KIND_ENUM64 => 0,
            _ => throw new BpfException($"the kernel describes its types by a kind ({kind}) that is newer than this module"),
        };
        int body = position + sizeof(LibC.btf_type);
        long end = body + rest + ((long)count * element);
        return end <= _types.Length ? new BtfType(kind, type.name_off, type.type, body, count, type.info >> 31 != 0, (int)end) : throw Malformed();
    }

    private ReadOnlySpan<byte> TextAt(uint offset)
    {
        if (offset >= (uint)_strings.Length)
        {
            throw Malformed();
        }

        ReadOnlySpan<byte> text = _strings[(int)offset..];
        int end = text.IndexOf((byte)0);
        return end < 0 ? throw Malformed() : text[..end];
    }

    private static BpfException Malformed() => new("the description of the kernel's types is malformed");
}
