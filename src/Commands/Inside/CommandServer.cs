using System.Collections.Concurrent;
using System.ComponentModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using LinuxNamespaces.Operations;

namespace LinuxNamespaces.Commands;

/// <summary>
/// The inner side of Invoke-NamespaceCommand: runs script blocks that arrive on one descriptor and sends what they write to
/// another, until the session that made it closes its end. Not for use by hand.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CommandServer
{
    /// <summary>Serves in the current runspace.</summary>
    /// <param name="input">The descriptor requests come from.</param>
    /// <param name="output">The descriptor answers go to.</param>
    public static void Run(int input, int output)
    {
        using FrameChannel channel = new(InheritedPipe.OpenRead(input), InheritedPipe.OpenWrite(output));
        using BlockingCollection<string> requests = [];
        PowerShell? running = null;

        // A thread of its own reads, so that a stop arrives while a script block runs.
        Thread reader = new(() =>
        {
            while (channel.TryRead(out FrameKind kind, out string text))
            {
                if (kind == FrameKind.Invoke)
                {
                    requests.Add(text);
                }
                else
                {
                    Volatile.Read(ref running)?.BeginStop(null, null);
                }
            }

            // The session has gone: so does what it asked for.
            Volatile.Read(ref running)?.BeginStop(null, null);
            requests.CompleteAdding();
        })
        {
            IsBackground = true,
        };
        reader.Start();
        channel.Write(FrameKind.Ready);
        foreach (string request in requests.GetConsumingEnumerable())
        {
            using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            Volatile.Write(ref running, shell);
            Invoke(shell, CommandRequest.Deserialize(request), channel);
            Volatile.Write(ref running, null);
        }
    }

    private static void Invoke(PowerShell shell, CommandRequest request, FrameChannel channel)
    {
        request.AddTo(shell);
        PSDataStreams streams = shell.Streams;
        Forward(streams.Error, FrameKind.Error);
        Forward(streams.Warning, FrameKind.Warning);
        Forward(streams.Verbose, FrameKind.Verbose);
        Forward(streams.Debug, FrameKind.Debug);
        Forward(streams.Information, FrameKind.Information);
        Forward(streams.Progress, FrameKind.Progress);
        using PSDataCollection<PSObject> output = [];
        Forward(output, FrameKind.Output);
        try
        {
            shell.Invoke(null, output);
        }
        catch (RuntimeException exception)
        {
            channel.Write(FrameKind.Failed, StreamRecord.Serialize(exception.ErrorRecord));
        }

        channel.Write(FrameKind.Done, StreamRecord.Serialize(Runspace.DefaultRunspace.SessionStateProxy.GetVariable("LASTEXITCODE")));

        void Forward<T>(PSDataCollection<T> stream, FrameKind kind)
            where T : class
        {
            stream.DataAdded += (_, _) =>
            {
                // Taken out at once: a script block may write more than fits into memory.
                foreach (T item in stream.ReadAll())
                {
                    channel.Write(kind, StreamRecord.Serialize(item));
                }
            };
        }
    }
}
