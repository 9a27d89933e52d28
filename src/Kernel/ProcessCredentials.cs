using System;
using System.Globalization;
using System.IO;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel;

/// <summary>What the calling thread may do.</summary>
internal static class ProcessCredentials
{
    internal const int CapSetGid = 6;
    internal const int CapSetUid = 7;
    internal const int CapSysAdmin = 21;

    /// <summary>The effective uid.</summary>
    internal static uint UserId => LibC.geteuid();

    /// <summary>The effective gid.</summary>
    internal static uint GroupId => LibC.getegid();

    /// <summary>A capability set of /proc/thread-self/status, by the name it has there, for example <c>CapEff</c>.</summary>
    internal static ulong ReadCapabilities(string set)
    {
        foreach (string line in File.ReadLines("/proc/thread-self/status"))
        {
            if (line.StartsWith(set, StringComparison.Ordinal) && line.Length > set.Length && line[set.Length] == ':')
            {
                return ulong.Parse(line.AsSpan(set.Length + 1).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }

    /// <summary>Whether a capability is in force.</summary>
    internal static bool Has(int capability) => (ReadCapabilities("CapEff") & (1UL << capability)) != 0;
}
