using System;
using System.Buffers.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Bpf;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Find;

/// <summary>Chooses by what processes are read: by the task iterator of the kernel where that may be used and is worth it, else from /proc.</summary>
internal static class InventoryEngine
{
    /// <summary>The environment variable that decides: <c>proc</c> or <c>bpf</c>; anything else leaves it to the module.</summary>
    internal const string Variable = "LINUXNAMESPACES_ENGINE";

    // Loading the programs takes as long as reading this many tasks from /proc.
    private const int WorthLoading = 256;

    /// <summary>Why /proc is to be read; empty where the iterator is to be tried.</summary>
    internal static string WhyProc(ProcFileSystem proc, InventoryOptions options)
    {
        string? wanted = Environment.GetEnvironmentVariable(Variable);
        if (string.Equals(wanted, "proc", StringComparison.OrdinalIgnoreCase))
        {
            return $"{Variable} says so";
        }

        if (OlderKernel.Lacks(KernelFeature.TaskIterators))
        {
            return "this kernel has no task iterator";
        }

        // The iterator counts as the caller's pid namespace does, and reports uids as in the initial user namespace.
        if (proc.OwnProcessId != Environment.ProcessId)
        {
            return "it shows another pid namespace than the caller's";
        }

        if (ReadOwnUserNamespace(proc) != NamespaceType.User.InitialInode())
        {
            return "the caller is not in the initial user namespace";
        }

        bool isForced = string.Equals(wanted, "bpf", StringComparison.OrdinalIgnoreCase);
        return isForced || options.IsRepeated || TaskIterators.IsLoaded || CountTasks(proc) >= WorthLoading
            ? string.Empty
            : "this machine has few processes";
    }

    private static ulong ReadOwnUserNamespace(ProcFileSystem proc)
    {
        using Descriptor self = Descriptor.OpenAt(proc.Descriptor, "thread-self\0"u8, LibC.O_PATH);
        return self.IsOpen ? new ProcessDirectory(self, 0).ReadNamespaceInode(NamespaceLink.PathOf(NamespaceType.User)) : 0;
    }

    // The fourth field of loadavg, as RUNNING/ALL: of the whole machine, also within a pid namespace.
    private static int CountTasks(ProcFileSystem proc)
    {
        Span<byte> buffer = stackalloc byte[128];
        using Descriptor file = Descriptor.OpenAt(proc.Descriptor, "loadavg\0"u8, LibC.O_RDONLY);
        int length = file.IsOpen ? file.Read(buffer) : -1;
        int slash = length < 0 ? -1 : buffer[..length].IndexOf((byte)'/');
        return slash >= 0 && Utf8Parser.TryParse(buffer[(slash + 1)..length], out int count, out _) ? count : 0;
    }
}
