using System.Text;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>One record: kind, name, size or target, where its members begin, how many they are, and where the next record is.</summary>
internal readonly struct BtfType(int kind, uint name, uint target, int body, int count, bool hasBitFields, int end)
{
    internal int Kind { get; } = kind;

    internal uint Name { get; } = name;

    internal uint Target { get; } = target;

    internal int Body { get; } = body;

    internal int Count { get; } = count;

    internal bool HasBitFields { get; } = hasBitFields;

    internal int End { get; } = end;

    /// <summary>Encodes names with the NUL that ends them in the data.</summary>
    internal static byte[][] EncodeNames(string[] names)
    {
        byte[][] encoded = new byte[names.Length][];
        for (int i = 0; i < names.Length; i++)
        {
            encoded[i] = Encoding.ASCII.GetBytes(names[i] + '\0');
        }

        return encoded;
    }
}
