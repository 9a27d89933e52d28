using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Commands.Output;

/// <summary>Reports what an inventory could not read: one warning at most, details with -Verbose.</summary>
internal static class InventoryReport
{
    internal static void Write(Cmdlet cmdlet, InventoryResult result, bool warn)
    {
        cmdlet.WriteVerbose(result.Engine);
        WriteVerbose(cmdlet, result.Problems);
        if (!warn)
        {
            return;
        }

        int hidden = result.Count(InventoryProblemKind.ProcessHidden);
        int tables = result.Count(InventoryProblemKind.DescriptorsHidden);
        int mounts = result.Count(InventoryProblemKind.MountHidden);
        List<string> parts = [];
        if (result.Count(InventoryProblemKind.ProcessesUnlisted) > 0)
        {
            parts.Add(Unlisted);
        }

        AddPart(hidden, $"{hidden} of {result.ProcessCount} processes");
        AddPart(tables, $"the descriptors of {tables} processes");
        AddPart(mounts, $"{mounts} bind mounts");
        // Root can do nothing about it at once: said once in a session, however many they are then.
        if (parts.Count > 0 && (!LinuxUser.IsRoot || s_warned.TryAdd($"unread: {hidden > 0}, {tables > 0}, {mounts > 0}", true)))
        {
            cmdlet.WriteWarning($"{string.Join(", ", parts)} could not be read: namespaces may be missing and counts too low.{Remedy} Use -Verbose to list them.");
        }

        // Sockets are left to -Verbose: their namespace is nearly always one that is listed anyway.
        void AddPart(int count, FormattableString part)
        {
            if (count > 0)
            {
                parts.Add(FormattableString.Invariant(part));
            }
        }
    }

    /// <summary>A warning that is given once in a session.</summary>
    internal static void WarnOnce(Cmdlet cmdlet, string text)
    {
        if (s_warned.TryAdd(text, true))
        {
            cmdlet.WriteWarning(text);
        }
    }

    /// <summary>Reports the problems of a list of processes: a warning only where /proc hides processes.</summary>
    internal static void Write(Cmdlet cmdlet, IReadOnlyCollection<InventoryProblem> problems)
    {
        WriteVerbose(cmdlet, problems);
        if (problems.Any(problem => problem.Kind == InventoryProblemKind.ProcessesUnlisted))
        {
            cmdlet.WriteWarning($"{Unlisted} could not be read: some may be missing.{Remedy}");
        }
    }

    private static void WriteVerbose(Cmdlet cmdlet, IEnumerable<InventoryProblem> problems)
    {
        foreach (InventoryProblem problem in problems)
        {
            cmdlet.WriteVerbose(Describe(problem));
        }
    }

    private const string Unlisted = "Other users' processes (/proc hides them: hidepid)";

    private static readonly ConcurrentDictionary<string, bool> s_warned = [];

    private static string Remedy => !LinuxUser.IsRoot ? " Run as root to see all."
        : LinuxUser.IsInFirstNamespace && !ProcessCredentials.Has(ProcessCredentials.CapSysPtrace) ? " This session lacks CAP_SYS_PTRACE, without which root reads no process with more rights."
        : LinuxUser.IsInFirstNamespace ? " Another security domain, or a debugger, keeps them even from root."
        : " This session is root in its user namespace only: run as root of the host to see all.";

    private static string Describe(InventoryProblem problem)
    {
        string what = problem.Kind switch
        {
            InventoryProblemKind.ProcessEnded => "ended while it was read",
            InventoryProblemKind.ProcessHidden => "its namespaces may not be read",
            InventoryProblemKind.DescriptorsHidden => "its descriptors may not be listed",
            InventoryProblemKind.SocketHidden => "the net namespace of a socket may not be asked for",
            InventoryProblemKind.ProcessesUnlisted => "hides the processes of other users, by its mount option hidepid",
            InventoryProblemKind.MountCovered => "another mount covers it",
            _ => "cannot be opened",
        };
        string subject = problem.Path ?? string.Create(CultureInfo.InvariantCulture, $"Process {problem.ProcessId}");
        return $"{subject}: {what} ({ErrnoName.Of(problem.Errno)}).";
    }
}
