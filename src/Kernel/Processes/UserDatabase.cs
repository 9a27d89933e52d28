using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>User names by uid, from whatever sources nsswitch.conf(5) names, remembered for one scan.</summary>
internal sealed class UserDatabase
{
    // By the bits of a uid: the runtime has this collection compiled.
    private readonly Dictionary<int, string> _names = [];

    /// <summary>The user's name, or the number where the uid has none.</summary>
    internal string NameOf(uint userId)
    {
        if (!_names.TryGetValue((int)userId, out string? name))
        {
            name = Find(userId) ?? userId.ToString(CultureInfo.InvariantCulture);
            _names.Add((int)userId, name);
        }

        return name;
    }

    private static unsafe string? Find(uint userId)
    {
        for (int size = 1024; size <= 1024 * 1024; size *= 8)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                fixed (byte* strings = buffer)
                {
                    LibC.passwd entry;
                    LibC.passwd* found;
                    int errno = LibC.getpwuid_r(userId, &entry, strings, (nuint)buffer.Length, &found);
                    if (errno != LibC.ERANGE)
                    {
                        return errno == 0 && found is not null
                            ? SafeText.FromUtf8(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry.pw_name))
                            : null;
                    }
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        return null;
    }
}
