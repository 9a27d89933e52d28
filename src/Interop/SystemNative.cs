using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

/// <summary>The native part of .NET itself: what its own Process class calls around a child that uses the terminal.</summary>
internal static partial class SystemNative
{
    [LibraryImport("libSystem.Native")]
    internal static partial void SystemNative_ConfigureTerminalForChildProcess(int childUsesTerminal);
}
