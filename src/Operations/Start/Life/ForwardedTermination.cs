using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Operations.Start.Life;

/// <summary>
/// SIGTERM to a session that waits for programs: each program gets it once, and the session ends by it only when none is waited for any more. Else the
/// session would end at once and leave the programs behind.
/// </summary>
internal sealed class ForwardedTermination : IDisposable
{
    private static readonly object s_lock = new();
    private static readonly List<ForwardedTermination> s_waiting = [];
    private static PosixSignalRegistration? s_registration;
    private static bool s_hasCome;

    private ChildProcess? _child;

    private ForwardedTermination()
    {
    }

    /// <summary>From now on, until all are disposed of.</summary>
    internal static ForwardedTermination Begin()
    {
        ForwardedTermination waiting = new();
        lock (s_lock)
        {
            s_waiting.Add(waiting);
            s_registration ??= PosixSignalRegistration.Create(PosixSignal.SIGTERM, Forward);
        }

        return waiting;
    }

    /// <summary>Names who is waited for; a signal that has come meanwhile is sent on now.</summary>
    internal void To(ChildProcess child)
    {
        lock (s_lock)
        {
            _child = child;
            if (s_hasCome)
            {
                child.Send(LibC.SIGTERM);
            }
        }
    }

    public void Dispose()
    {
        lock (s_lock)
        {
            if (!s_waiting.Remove(this) || s_waiting.Count > 0)
            {
                return;
            }

            s_registration?.Dispose();
            s_registration = null;
            if (s_hasCome)
            {
                s_hasCome = false;
                _ = LibC.kill(Environment.ProcessId, LibC.SIGTERM);
            }
        }
    }

    private static void Forward(PosixSignalContext context)
    {
        lock (s_lock)
        {
            if (s_waiting.Count == 0)
            {
                return;
            }

            context.Cancel = true;
            s_hasCome = true;
            foreach (ForwardedTermination waiting in s_waiting)
            {
                waiting._child?.Send(LibC.SIGTERM);
            }
        }
    }
}
