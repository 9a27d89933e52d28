using System;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>Rows that are kept. A list of the framework would have to be compiled on the first call: no image has it for a type of the module.</summary>
internal sealed class FileRows
{
    private const int FirstSize = 64;

    private FileRow[] _rows = new FileRow[FirstSize];

    internal int Count { get; private set; }

    internal ref readonly FileRow this[int index] => ref _rows[index];

    internal void Add(in FileRow row)
    {
        if (Count == _rows.Length)
        {
            FileRow[] larger = new FileRow[2 * Count];
            Array.Copy(_rows, larger, Count);
            _rows = larger;
        }

        _rows[Count++] = row;
    }
}
