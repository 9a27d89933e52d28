using System;
using System.Buffers;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>The variables of a program as execve(2) wants them, NAME=VALUE and a NUL each: made once, and copied as a whole.</summary>
[CollectionBuilder(typeof(EnvironmentBlock), nameof(Create))]
internal sealed class EnvironmentBlock : IEnumerable<string>
{
    private const int MaxKept = 256 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? s_writer;

    private readonly byte[] _bytes;

    private EnvironmentBlock(byte[] bytes, int count)
    {
        _bytes = bytes;
        Count = count;
    }

    /// <summary>How many variables.</summary>
    internal int Count { get; }

    /// <summary>All of them.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The name in NAME=VALUE.</summary>
    internal static string NameOf(string entry) => entry.Split('=')[0];

    /// <summary>These variables, with others in place of those that have their names.</summary>
    /// <param name="others">NAME=VALUE.</param>
    internal EnvironmentBlock With(IReadOnlyCollection<string> others)
    {
        HashSet<string> names = [.. others.Select(NameOf)];
        return [.. this.Where(entry => !names.Contains(NameOf(entry))), .. others];
    }

    /// <summary>Creates one from entries NAME=VALUE.</summary>
    /// <exception cref="NamespaceException">InvalidRequest: a NUL in one.</exception>
    internal static EnvironmentBlock Create(ReadOnlySpan<string> entries)
    {
        ArrayBufferWriter<byte> writer = Clear();
        foreach (string entry in entries)
        {
            Append(writer, entry, (byte)'\0');
        }

        return new EnvironmentBlock(writer.WrittenSpan.ToArray(), entries.Length);
    }

    /// <summary>Creates one from names and values.</summary>
    /// <exception cref="NamespaceException">InvalidRequest: a NUL in one.</exception>
    internal static EnvironmentBlock Of(IDictionary variables)
    {
        ArrayBufferWriter<byte> writer = Clear();

        // Not as entries, of which each would be boxed.
        IDictionaryEnumerator variable = variables.GetEnumerator();
        int count = 0;
        while (variable.MoveNext())
        {
            Append(writer, (string)variable.Key, (byte)'=');
            Append(writer, (string)variable.Value!, (byte)'\0');
            count++;
        }

        return new EnvironmentBlock(writer.WrittenSpan.ToArray(), count);
    }

    /// <summary>The value of the first variable of that name; null without one.</summary>
    internal string? Find(string name)
    {
        foreach (string entry in this)
        {
            if (entry.Length > name.Length && entry[name.Length] == '=' && entry.StartsWith(name, StringComparison.Ordinal))
            {
                return entry[(name.Length + 1)..];
            }
        }

        return null;
    }

    /// <summary>Each as NAME=VALUE.</summary>
    public IEnumerator<string> GetEnumerator()
    {
        for (int start = 0; start < _bytes.Length;)
        {
            int length = _bytes.AsSpan(start).IndexOf((byte)'\0');
            yield return Encoding.UTF8.GetString(_bytes, start, length);
            start += length + 1;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The error for a text with a NUL, at which a C string ends.</summary>
    internal static NamespaceException HoldsNul() => new(ErrorIds.InvalidRequest, "No path, argument or variable can hold a NUL character.", null);

    private static ArrayBufferWriter<byte> Clear()
    {
        if (s_writer is null || s_writer.Capacity > MaxKept)
        {
            s_writer = new ArrayBufferWriter<byte>(4096);
        }

        ArrayBufferWriter<byte> writer = s_writer;
        writer.ResetWrittenCount();
        return writer;
    }

    private static void Append(ArrayBufferWriter<byte> writer, string text, byte end)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw HoldsNul();
        }

        Span<byte> room = writer.GetSpan((3 * text.Length) + 1);
        int length = Encoding.UTF8.GetBytes(text, room);
        room[length] = end;
        writer.Advance(length + 1);
    }
}
