using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>
/// The descriptors our own process had before a scan began: those the scan opens itself keep nothing alive that
/// would be worth telling.
/// </summary>
internal sealed class OwnDescriptors
{
    private readonly HashSet<int> _before = [];

    /// <summary>Whether a descriptor is ours and was opened since, or by the caller for this inventory.</summary>
    internal bool IsOfScan(int processId, int number) => processId == Environment.ProcessId && !_before.Contains(number);

    internal static OwnDescriptors Read(ProcFileSystem proc, InventoryOptions options)
    {
        OwnDescriptors own = new();
        if (options.Searches(NamespaceSource.Descriptor | NamespaceSource.Socket) && DirectoryReader.TryOpen(proc.Descriptor, "self/fd\0"u8, out DirectoryReader reader))
        {
            using (reader)
            {
                while (reader.TryReadNumber(out int number, out _))
                {
                    own._before.Add(number);
                }
            }

            own._before.ExceptWith((options.Opened ?? []).Select(opened => opened.Handle.Descriptor));
        }

        return own;
    }
}
