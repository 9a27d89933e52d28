using System;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Kernel.Namespaces;

/// <summary>
/// The namespaces a child of the calling thread is in, which may be others than those of its process. The thread's directory in /proc is
/// opened once and closed after its end; the links in it are read anew each time.
/// </summary>
internal static class ThreadNamespaces
{
    [ThreadStatic]
    private static DescriptorHandle? s_links;

    [ThreadStatic]
    private static bool s_isAway;

    // For the life of the process: the kernel lets nobody change it who has several threads, as every .NET process has.
    private static ulong s_user;

    /// <summary>
    /// Opens the directory. To be called before the thread goes into another mount namespace, whose /proc may be a forgery, and which could not
    /// be unmounted while it is held open.
    /// </summary>
    internal static void Hold()
    {
        if (s_links is not null)
        {
            return;
        }

        Descriptor directory = Descriptor.OpenAt(LibC.AT_FDCWD, "/proc/thread-self/ns\0"u8, LibC.O_PATH);
        if (directory.IsOpen)
        {
            s_links = new DescriptorHandle(directory);
            _ = ReadInherited(NamespaceType.User);
        }
    }

    /// <summary>The /proc the thread had before it went anywhere; none without one.</summary>
    internal static Descriptor OpenProc()
    {
        Hold();

        // From task/TID/ns of a process.
        return s_links is null ? Descriptor.None : Descriptor.OpenAt(s_links.Number, "../../../..\0"u8, LibC.O_PATH);
    }

    /// <summary>Whether the thread is in another mount namespace than it was: paths, those of /proc among them, mean others there.</summary>
    internal static bool IsAway
    {
        get => s_isAway;
        set => s_isAway = value;
    }

    /// <summary>The inode a child inherits; 0 on a kernel without the type, or without /proc.</summary>
    internal static ulong ReadInherited(NamespaceType type)
    {
        Hold();
        return type switch
        {
            NamespaceType.Pid => ReadLink("pid_for_children\0"u8) is ulong inode and not 0 ? inode : ReadLink("pid\0"u8),
            NamespaceType.Time => ReadLink("time_for_children\0"u8) is ulong inode and not 0 ? inode : ReadLink("time\0"u8),
            NamespaceType.User => s_user != 0 ? s_user : s_user = ReadLink("user\0"u8),
            _ => ReadLink(NamespaceLink.PathOf(type)["ns/".Length..]),
        };
    }

    private static ulong ReadLink(ReadOnlySpan<byte> name) =>
        s_links is null ? 0 : new ProcessDirectory(Descriptor.FromResult(s_links.Number), 0).ReadNamespaceInode(name);
}
