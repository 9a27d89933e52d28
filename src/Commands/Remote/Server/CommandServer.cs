using System;
using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Remote.Wire;
using LinuxNamespaces.Operations.Enter;

namespace LinuxNamespaces.Commands.Remote.Server;

/// <summary>
/// The inner side of Invoke-NamespaceCommand: runs script blocks that arrive on one descriptor and sends what they write to
/// another, until the session that made it closes its end.
/// </summary>
internal static class CommandServer
{
    /// <summary>The descriptor requests come from.</summary>
    internal const int Input = 3;

    /// <summary>The descriptor answers go to.</summary>
    internal const int Output = 4;

    /// <summary>The descriptor of this assembly, through which the runtime has opened it.</summary>
    internal const int Module = 5;

    // Kept: script blocks that go further inside hand it on.
#pragma warning disable IDE0052 // A descriptor that nothing refers to would be closed.
    private static FileStream? s_module;
#pragma warning restore IDE0052

    // The module's own, which need not be where its file can be seen.
    private static readonly Type[] s_cmdlets = [.. typeof(CommandServer).Assembly.GetTypes().Where(type => type.GetCustomAttribute<CmdletAttribute>() is not null)];

    /// <summary>Serves; returns the exit code.</summary>
    /// <param name="variables">Those that were for the start alone: NAME to remove, NAME=VALUE to set.</param>
    internal static int Run(string[] variables)
    {
        FrameChannel channel = new(InheritedPipe.OpenRead(Input), InheritedPipe.OpenWrite(Output));
        s_module = InheritedPipe.OpenRead(Module);
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
            Serve(variables, channel, requests, current);
            return 0;
        }
        catch (Exception exception) when (exception is not IOException)
        {
            said.WriteLine(exception);
            return 1;
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

    // Each script block has a runspace of its own; the next one is made while nobody waits.
    private static void Serve(string[] forStart, FrameChannel channel, BlockingCollection<string> requests, CurrentShell current)
    {
        Runspace runspace = Open();

        // While its variable is there: it asks for that once, and what it does otherwise is to use the target's /tmp and network.
        foreach (string name in new[] { "Microsoft.PowerShell.Telemetry.ApplicationInsightsTelemetry", "System.Management.Automation.Platform", "System.Management.Automation.AnalysisCacheData" })
        {
            if (typeof(PSObject).Assembly.GetType(name) is Type type)
            {
                RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            }
        }

        StartVariables.Restore(forStart);
        IDictionary variables = Environment.GetEnvironmentVariables();
        string directory = Environment.CurrentDirectory;
        foreach (string request in requests.GetConsumingEnumerable())
        {
            try
            {
                Runspace.DefaultRunspace = runspace;
                Invoke(runspace, CommandRequest.Deserialize(request), channel, current);
            }
            catch (IOException)
            {
                // The other end has gone.
                break;
            }

            Runspace.DefaultRunspace = null;
            runspace.Dispose();
            Restore(variables, directory);
            runspace = Open();
        }
    }

    private static Runspace Open()
    {
        InitialSessionState state = InitialSessionState.CreateDefault2();
        foreach (Type type in s_cmdlets)
        {
            CmdletAttribute name = type.GetCustomAttribute<CmdletAttribute>()!;
            state.Commands.Add(new SessionStateCmdletEntry($"{name.VerbName}-{name.NounName}", type, null));
        }

        Runspace runspace = RunspaceFactory.CreateRunspace(state);
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

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Any failure inside is reported outside.")]
    private static void Invoke(Runspace runspace, CommandRequest request, FrameChannel channel, CurrentShell current)
    {
        using PowerShell shell = PowerShell.Create();
        shell.Runspace = runspace;
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
            request.AddTo(shell, runspace.SessionStateProxy);
            if (request.Location is string location)
            {
                LiteralLocation.SetOrRoot(runspace.SessionStateProxy.Path, location, streams.Warning);
            }

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

        channel.Write(FrameKind.Done, StreamRecord.Serialize(runspace.SessionStateProxy.GetVariable("LASTEXITCODE")));

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

    // The target of a stop request.
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
