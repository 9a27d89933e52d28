using System;
using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Threading;
using System.Threading.Tasks;
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
    /// <param name="variables">Variables that were for the start alone, separated by commas.</param>
    /// <param name="engine">The session's $ExecutionContext.</param>
    public static void Run(int input, int output, string variables, EngineIntrinsics engine)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(engine);
        FrameChannel channel = new(InheritedPipe.OpenRead(input), InheritedPipe.OpenWrite(output));
        foreach (string variable in variables.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        using BlockingCollection<string> requests = [];
        CurrentShell current = new();

        // A thread of its own reads, so that a stop arrives while a script block runs.
        new Thread(() => Read(channel, requests, current)) { IsBackground = true }.Start();
        channel.Write(FrameKind.Ready);

        // Nobody reads what goes past PowerShell's streams, but for a last word.
        TextWriter said = Console.Error;
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        try
        {
            Serve(engine, channel, requests, current);
        }
        catch (Exception exception)
        {
            said.WriteLine(exception);
            throw;
        }
    }

    private static void Read(FrameChannel channel, BlockingCollection<string> requests, CurrentShell current)
    {
        try
        {
            while (channel.TryRead(out FrameKind kind, out string text))
            {
                if (kind == FrameKind.Invoke)
                {
                    requests.Add(text);
                }
                else
                {
                    current.Stop();
                }
            }
        }
        catch (IOException)
        {
            // The same as the end.
        }

        // The session has gone: so does what it asked for.
        current.Stop();
        requests.CompleteAdding();
    }

    // The first script block runs in the runspace that is there, each later one in a fresh one made while nobody waited.
    private static void Serve(EngineIntrinsics engine, FrameChannel channel, BlockingCollection<string> requests, CurrentShell current)
    {
        Runspace own = Runspace.DefaultRunspace;
        IDictionary variables = Environment.GetEnvironmentVariables();
        string directory = Environment.CurrentDirectory;
        Task<Runspace>? fresh = null;
        foreach (string request in requests.GetConsumingEnumerable())
        {
            Runspace runspace = fresh?.Result ?? own;
            try
            {
                Runspace.DefaultRunspace = runspace;

                // A runspace in which something runs, as in the first, cannot be asked; what it once gave can.
                SessionState session = runspace == own ? engine.SessionState : ((EngineIntrinsics)runspace.SessionStateProxy.GetVariable("ExecutionContext")).SessionState;
                using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
                Invoke(shell, session, CommandRequest.Deserialize(request), channel, current);
            }
            catch (IOException)
            {
                // Nobody is there to be told.
                break;
            }
            finally
            {
                Runspace.DefaultRunspace = own;
                Restore(variables, directory);
                fresh = Task.Run(() => Open(engine.Host));
                if (runspace != own)
                {
                    runspace.Dispose();
                }
            }
        }
    }

    private static Runspace Open(PSHost host)
    {
        Runspace runspace = RunspaceFactory.CreateRunspace(host, InitialSessionState.CreateDefault2());
        runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace.Open();
        return runspace;
    }

    private static void Restore(IDictionary variables, string directory)
    {
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (!variables.Contains(name))
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }

        foreach (DictionaryEntry variable in variables)
        {
            Environment.SetEnvironmentVariable((string)variable.Key, (string?)variable.Value);
        }

        try
        {
            Environment.CurrentDirectory = directory;
        }
        catch (IOException)
        {
            // It has been removed since; a location in a request goes before it in any case.
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever goes wrong inside is told outside.")]
    private static void Invoke(PowerShell shell, SessionState session, CommandRequest request, FrameChannel channel, CurrentShell current)
    {
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
            request.AddTo(shell, session);
            current.Set(shell);
            shell.Invoke(ToInput(request.Input), output, null);
        }
        catch (Exception exception) when (exception is not IOException)
        {
            ErrorRecord error = exception is RuntimeException { ErrorRecord: ErrorRecord record } ? record : ErrorRecords.From(exception);
            channel.Write(FrameKind.Failed, StreamRecord.Serialize(error));
        }
        finally
        {
            current.Set(null);
        }

        channel.Write(FrameKind.Done, StreamRecord.Serialize(session.PSVariable.GetValue("LASTEXITCODE")));

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

    private static PSDataCollection<object>? ToInput(IEnumerable? input)
    {
        if (input is null)
        {
            return null;
        }

        PSDataCollection<object> items = [.. input];
        items.Complete();
        return items;
    }

    // What a stop is for, if it comes.
    private sealed class CurrentShell
    {
        private readonly object _lock = new();
        private PowerShell? _shell;

        internal void Set(PowerShell? shell)
        {
            lock (_lock)
            {
                _shell = shell;
            }
        }

        internal void Stop()
        {
            lock (_lock)
            {
                _shell?.BeginStop(null, null);
            }
        }
    }
}
