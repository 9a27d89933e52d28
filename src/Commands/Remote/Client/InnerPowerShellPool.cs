using System;
using System.Collections.Generic;
using System.Threading;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>
/// PowerShells inside of namespaces that have nothing to do, kept for the next script block for the same place. A namespace they are in
/// lives as long as they do, so they are not kept for long.
/// </summary>
internal static class InnerPowerShellPool
{
    private static readonly object s_lock = new();
    private static readonly Dictionary<string, Stack<Entry>> s_idle = [];

    /// <summary>One that is free; null where there is none.</summary>
    internal static InnerPowerShell? TryTake(string key)
    {
        lock (s_lock)
        {
            while (s_idle.TryGetValue(key, out Stack<Entry>? entries) && entries.TryPop(out Entry? entry))
            {
                entry.Timer?.Dispose();
                if (entries.Count == 0)
                {
                    s_idle.Remove(key);
                }

                if (entry.Shell.IsUsable)
                {
                    return entry.Shell;
                }

                entry.Shell.Dispose();
            }
        }

        return null;
    }

    /// <summary>Keeps one for a time, or ends it where that is none or it cannot be used again.</summary>
    internal static void Return(string key, InnerPowerShell shell, TimeSpan idle)
    {
        if (idle == TimeSpan.Zero || !shell.IsUsable)
        {
            shell.Dispose();
            return;
        }

        Entry entry = new(shell);
        lock (s_lock)
        {
            if (!s_idle.TryGetValue(key, out Stack<Entry>? entries))
            {
                s_idle[key] = entries = [];
            }

            entries.Push(entry);
            entry.Timer = new Timer(_ => Expire(key, entry), null, idle, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends all of them.</summary>
    internal static void Clear()
    {
        List<Entry> all = [];
        lock (s_lock)
        {
            foreach (Stack<Entry> entries in s_idle.Values)
            {
                all.AddRange(entries);
            }

            s_idle.Clear();
        }

        foreach (Entry entry in all)
        {
            entry.Timer?.Dispose();
            entry.Shell.Destroy();
        }
    }

    private static void Expire(string key, Entry entry)
    {
        lock (s_lock)
        {
            if (!s_idle.TryGetValue(key, out Stack<Entry>? entries) || !entries.Contains(entry))
            {
                return;
            }

            List<Entry> others = [.. entries];
            others.Remove(entry);
            others.Reverse();
            if (others.Count == 0)
            {
                s_idle.Remove(key);
            }
            else
            {
                s_idle[key] = new Stack<Entry>(others);
            }
        }

        End(entry);
    }

    private static void End(Entry entry)
    {
        entry.Timer?.Dispose();
        entry.Shell.Dispose();
    }

    private sealed class Entry(InnerPowerShell shell)
    {
        internal InnerPowerShell Shell { get; } = shell;

        internal Timer? Timer { get; set; }
    }
}
