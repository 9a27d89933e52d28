using System;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>Attributes, one after the other; like <see cref="NetlinkReader"/> safe on any bytes.</summary>
internal unsafe ref struct NetlinkAttributes(ReadOnlySpan<byte> buffer)
{
    private ReadOnlySpan<byte> _rest = buffer;

    /// <summary>The next attribute without the flags in its type, or false at the end.</summary>
    internal bool TryRead(out ushort type, out ReadOnlySpan<byte> value)
    {
        if (!MemoryMarshal.TryRead(_rest, out LibC.nlattr header)
            || header.nla_len < sizeof(LibC.nlattr) || header.nla_len > _rest.Length)
        {
            type = 0;
            value = default;
            _rest = default;
            return false;
        }

        type = (ushort)(header.nla_type & ~(LibC.NLA_F_NESTED | LibC.NLA_F_NET_BYTEORDER));
        value = _rest[sizeof(LibC.nlattr)..header.nla_len];
        _rest = _rest[Math.Min((header.nla_len + 3) & ~3, _rest.Length)..];
        return true;
    }

    /// <summary>The text of the first attribute of a type, fit for a terminal; or null.</summary>
    internal string? FindText(ushort wanted)
    {
        while (TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type == wanted)
            {
                return Text(value);
            }
        }

        return null;
    }

    /// <summary>A text up to its NUL.</summary>
    internal static string Text(ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)0);
        return SafeText.FromUtf8(end < 0 ? value : value[..end]);
    }

    /// <summary>A number, or its default where the attribute is too short for it.</summary>
    internal static T Number<T>(ReadOnlySpan<byte> value)
        where T : unmanaged =>
        MemoryMarshal.TryRead(value, out T number) ? number : default;
}
