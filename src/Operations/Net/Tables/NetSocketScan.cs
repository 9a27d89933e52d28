using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;

namespace LinuxNamespaces.Operations.Net.Tables;

/// <summary>Finds which processes hold sockets.</summary>
internal static class NetSocketScan
{
    /// <summary>Looks at the descriptors of all processes once for a whole listing.</summary>
    internal static void ReadAll(IReadOnlyList<NetNamespaceConnection> listing)
    {
        HashSet<long> wanted = [.. listing.Select(connection => connection.Inode).Where(inode => inode != 0)];
        using ProcFileSystem proc = ProcFileSystem.Open();
        Dictionary<long, List<(int ProcessId, int Descriptor)>> found = Scan(proc, wanted);
        ContainerDetector containers = new(proc, new CurrentNamespaces(proc));
        UserDatabase users = new();
        Dictionary<int, (string? Name, string? Container)> processes = [];
        foreach (NetNamespaceConnection connection in listing)
        {
            string? userName = connection.UserId is long id ? users.NameOf((uint)id) : null;
            if (!found.TryGetValue(connection.Inode, out List<(int ProcessId, int Descriptor)>? holds))
            {
                connection.Set(NetSocketHolders.None with { UserName = userName });
                continue;
            }

            (int processId, int descriptor) = holds[0];
            if (!processes.TryGetValue(processId, out (string? Name, string? Container) details))
            {
                details = Describe(proc, processId, containers);
                processes.Add(processId, details);
            }

            connection.Set(new NetSocketHolders(
                [.. holds.Select(hold => hold.ProcessId).Distinct()], new NetSocketHolder(processId, descriptor, details.Name, details.Container), userName));
        }
    }

    // By the text of the links, which names the inode of a socket: cheaper than looking at what they lead to.
    private static Dictionary<long, List<(int ProcessId, int Descriptor)>> Scan(ProcFileSystem proc, HashSet<long> wanted)
    {
        Dictionary<long, List<(int ProcessId, int Descriptor)>> found = [];
        if (wanted.Count == 0)
        {
            return found;
        }

        proc.Visit((int processId, in ProcessDirectory process) => AddDescriptors(processId, process, wanted, found), default);
        return found;
    }

    private static void AddDescriptors(int processId, in ProcessDirectory process, HashSet<long> wanted, Dictionary<long, List<(int ProcessId, int Descriptor)>> found)
    {
        if (!DirectoryReader.TryOpen(process.Descriptor, "fd\0"u8, out DirectoryReader descriptors))
        {
            return;
        }

        Span<byte> target = stackalloc byte[64];
        Span<byte> path = stackalloc byte[32];
        "fd/"u8.CopyTo(path);
        using (descriptors)
        {
            while (descriptors.TryReadNumber(out int number, out ReadOnlySpan<byte> name))
            {
                name.CopyTo(path[3..]);
                if (ReadSocketInode(process, path, target) is long inode && wanted.Contains(inode))
                {
                    if (!found.TryGetValue(inode, out List<(int ProcessId, int Descriptor)>? holds))
                    {
                        holds = [];
                        found.Add(inode, holds);
                    }

                    holds.Add((processId, number));
                }
            }
        }
    }

    private static long? ReadSocketInode(in ProcessDirectory process, ReadOnlySpan<byte> path, Span<byte> target)
    {
        ReadOnlySpan<byte> text = process.ReadLink(path, target);
        return text.StartsWith("socket:["u8) && Utf8Parser.TryParse(text[8..], out long inode, out _) ? inode : null;
    }

    private static (string? Name, string? Container) Describe(ProcFileSystem proc, int processId, ContainerDetector containers)
    {
        if (!ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
        {
            return default;
        }

        using (process)
        {
            return (process.ReadName(), containers.Find(process)?.ToString());
        }
    }
}
