using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>
/// Builds one netlink message: header, a fixed structure, attributes. Lengths are 16 bits wide in attributes, so
/// each is checked when it is written (CVE-2021-43784 was one that wrapped around).
/// </summary>
internal sealed unsafe class NetlinkWriter
{
    private byte[] _buffer = new byte[256];

    /// <param name="type">RTM_* or its like.</param>
    /// <param name="flags">NLM_F_*, without NLM_F_REQUEST.</param>
    /// <param name="name">The name of the type for errors, where it is not of rtnetlink: types of other protocols have the same numbers.</param>
    internal NetlinkWriter(ushort type, ushort flags, string? name = null)
    {
        Append(new LibC.nlmsghdr { nlmsg_type = type, nlmsg_flags = (ushort)(flags | LibC.NLM_F_REQUEST) });
        Type = type;
        Name = name ?? NetlinkNames.Of(type);
    }

    internal ushort Type { get; }

    /// <summary>The name of the request, for errors.</summary>
    internal string Name { get; }

    /// <summary>Bytes written so far.</summary>
    internal int Length { get; private set; }

    /// <summary>Appends a structure, padded to four bytes.</summary>
    internal NetlinkWriter Append<T>(in T value)
        where T : unmanaged
    {
        fixed (T* start = &value)
        {
            new ReadOnlySpan<byte>(start, sizeof(T)).CopyTo(Extend(sizeof(T)));
        }

        return this;
    }

    /// <summary>An attribute of bytes.</summary>
    internal NetlinkWriter Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        int length = sizeof(LibC.nlattr) + value.Length;
        Append(new LibC.nlattr { nla_len = checked((ushort)length), nla_type = type });
        value.CopyTo(Extend(value.Length));
        return this;
    }

    /// <summary>An attribute that holds one number, in the machine's byte order.</summary>
    internal NetlinkWriter Attribute<T>(ushort type, T value)
        where T : unmanaged =>
        Attribute(type, new ReadOnlySpan<byte>(&value, sizeof(T)));

    /// <summary>An attribute that holds a text, ended by NUL.</summary>
    internal NetlinkWriter Attribute(ushort type, string value) =>
        Attribute(type, Encoding.UTF8.GetBytes(value + '\0'));

    /// <summary>An attribute that holds what <paramref name="content"/> writes.</summary>
    internal NetlinkWriter Nest(ushort type, Action<NetlinkWriter> content)
    {
        int start = Length;
        Append(new LibC.nlattr { nla_type = type });
        content(this);
        MemoryMarshal.Write(_buffer.AsSpan(start), checked((ushort)(Length - start)));
        return this;
    }

    /// <summary>A structure that begins with the length of itself and of what <paramref name="content"/> writes behind it.</summary>
    internal NetlinkWriter Sized<T>(Func<ushort, T> header, Action<NetlinkWriter> content)
        where T : unmanaged
    {
        int start = Length;
        Append(default(T));
        content(this);
        MemoryMarshal.Write(_buffer.AsSpan(start), header(checked((ushort)(Length - start))));
        return this;
    }

    /// <summary>The whole message, with its length and sequence number set.</summary>
    internal ReadOnlySpan<byte> Finish(uint sequence)
    {
        ref LibC.nlmsghdr header = ref Unsafe.As<byte, LibC.nlmsghdr>(ref _buffer[0]);
        header.nlmsg_len = (uint)Length;
        header.nlmsg_seq = sequence;
        return _buffer.AsSpan(0, Length);
    }

    private Span<byte> Extend(int count)
    {
        int start = Length;
        Length = checked(start + ((count + 3) & ~3));
        if (Length > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(Length, _buffer.Length * 2));
        }

        return _buffer.AsSpan(start, count);
    }
}
