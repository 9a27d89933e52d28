using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <linux/btf.h>
internal static partial class LibC
{
    internal const ushort BTF_MAGIC = 0xeb9f;

    internal const int BTF_KIND_INT = 1;
    internal const int BTF_KIND_PTR = 2;
    internal const int BTF_KIND_ARRAY = 3;
    internal const int BTF_KIND_STRUCT = 4;
    internal const int BTF_KIND_UNION = 5;
    internal const int BTF_KIND_ENUM = 6;
    internal const int BTF_KIND_FWD = 7;
    internal const int BTF_KIND_TYPEDEF = 8;
    internal const int BTF_KIND_VOLATILE = 9;
    internal const int BTF_KIND_CONST = 10;
    internal const int BTF_KIND_RESTRICT = 11;
    internal const int BTF_KIND_FUNC = 12;
    internal const int BTF_KIND_FUNC_PROTO = 13;
    internal const int BTF_KIND_VAR = 14;
    internal const int BTF_KIND_DATASEC = 15;
    internal const int BTF_KIND_FLOAT = 16;
    internal const int BTF_KIND_DECL_TAG = 17;
    internal const int BTF_KIND_TYPE_TAG = 18;
    internal const int BTF_KIND_ENUM64 = 19;

    [StructLayout(LayoutKind.Sequential)]
    internal struct btf_header
    {
        internal ushort magic;
        internal byte version;
        internal byte flags;
        internal uint hdr_len;
        internal uint type_off;
        internal uint type_len;
        internal uint str_off;
        internal uint str_len;
    }

    /// <summary>A type; what C calls size or type, by its kind, is one field here.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct btf_type
    {
        internal uint name_off;
        internal uint info;
        internal uint type;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct btf_array
    {
        internal uint type;
        internal uint index_type;
        internal uint nelems;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct btf_member
    {
        internal uint name_off;
        internal uint type;
        internal uint offset;
    }
}
