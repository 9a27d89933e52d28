using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Look;
using LinuxNamespaces.Operations.Net.Names;
using LinuxNamespaces.Operations.Net.Tables;
using LinuxNamespaces.Operations.Start.Life;

namespace LinuxNamespaces.Operations.Late;

/// <summary>Reads for the data of the module what is asked for late.</summary>
internal sealed class LateReader : IMachine
{
    [System.Runtime.CompilerServices.ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "Data is below everything that reads, and is made by callers too.")]
    internal static void Install() => IMachine.This = new LateReader();

    private string? _bootId;

    public string? BootId => _bootId ??= ReadBootId();

    public string UserNameOf(uint userId) => new UserDatabase().NameOf(userId);

    public ulong? StartTicksOf(int processId) => StartTicksOf(processId, mustLive: false);

    public ulong? StartTicksOfLiving(int processId) => StartTicksOf(processId, mustLive: true);

    private static string? ReadBootId()
    {
        try
        {
            return KernelFile.TryRead("/proc/sys/kernel/random/boot_id")?.Trim();
        }
        catch (LinuxException)
        {
            // Without a descriptor to spare it is not known this time.
            return null;
        }
    }

    private static ulong? StartTicksOf(int processId, bool mustLive)
    {
        try
        {
            using ProcFileSystem proc = ProcFileSystem.Open();
            if (ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
            {
                using (process)
                {
                    return process.TryReadStat(out ProcessStat stat) && !(mustLive && process.IsZombie) ? stat.StartTime : null;
                }
            }
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            // Without /proc nothing is known of any process.
            return null;
        }

        return null;
    }

    public ProcessEnd EndOf(object child) => ((ChildProcess)child).End;

    public GroupUsage UsageOf(object child) => ((ChildProcess)child).Usage;

    public void ReadProcesses(IReadOnlyList<NetNamespaceInfo> listing) => NetNamespaceProcesses.ReadAll(listing);

    public void ReadDetails(IReadOnlyList<NetNamespaceInfo> listing) => NetNamespaceDetailsReader.ReadAll(listing);

    public NamespaceContent ReadContent(NamespaceInfo info) => ContentReader.Read(info);

    public void ReadHolders(IReadOnlyList<NetNamespaceConnection> listing) => NetSocketScan.ReadAll(listing);
}
