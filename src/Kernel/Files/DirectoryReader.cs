using System;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>Walks the entries of a directory without a string per name.</summary>
internal unsafe ref struct DirectoryReader
{
    private nint _stream;

    /// <summary>Opens a directory relative to another; <paramref name="path"/> ends in NUL.</summary>
    internal static bool TryOpen(int directory, ReadOnlySpan<byte> path, out DirectoryReader reader)
    {
        reader = default;
        Descriptor descriptor = Descriptor.OpenAt(directory, path, LibC.O_RDONLY);
        if (!descriptor.IsOpen)
        {
            return false;
        }

        // The stream owns the descriptor from here on.
        reader._stream = LibC.fdopendir(descriptor.Number);
        if (reader._stream == 0)
        {
            int errno = Errno.Last;
            descriptor.Dispose();
            Marshal.SetLastPInvokeError(errno);
            return false;
        }

        return true;
    }

    /// <summary>The next name with its NUL, or false at the end (or when the directory has gone).</summary>
    internal readonly bool TryRead(out ReadOnlySpan<byte> name)
    {
        LibC.dirent* entry = LibC.readdir(_stream);
        if (entry is null)
        {
            name = default;
            return false;
        }

        ReadOnlySpan<byte> text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry->d_name);
        name = new ReadOnlySpan<byte>(entry->d_name, text.Length + 1);
        return true;
    }

    /// <summary>The next name that is a number (a PID, a TID, a descriptor).</summary>
    internal readonly bool TryReadNumber(out int number, out ReadOnlySpan<byte> name)
    {
        while (TryRead(out name))
        {
            if (TryParse(name[..^1], out number))
            {
                return true;
            }
        }

        number = 0;
        return false;
    }

    public void Dispose()
    {
        if (_stream != 0)
        {
            _ = LibC.closedir(_stream);
            _stream = 0;
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> digits, out int number) =>
        System.Buffers.Text.Utf8Parser.TryParse(digits, out number, out int used) && used == digits.Length && number >= 0;
}
