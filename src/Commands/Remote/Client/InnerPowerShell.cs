using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using LinuxNamespaces.Commands.Remote.Server;
using LinuxNamespaces.Commands.Remote.Wire;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>
/// A PowerShell inside of namespaces that runs script blocks for this session, one after the other. It ends when this session does,
/// because its pipe then ends.
/// </summary>
internal sealed class InnerPowerShell : IDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly ChildProcess _child;
    private readonly FrameChannel _channel;
    private readonly Pipe _errors;
    private bool _isReady;

    private InnerPowerShell(ChildProcess child, FrameChannel channel, Pipe errors)
    {
        _child = child;
        _channel = channel;
        _errors = errors;
    }

    /// <summary>Whether it can run another script block.</summary>
    internal bool IsUsable => _isReady && !_child.HasExited;

    /// <summary>Starts one where the request says.</summary>
    internal static InnerPowerShell Start(SpawnRequest request, PowerShellProgram program, IReadOnlyList<string> startEnvironment)
    {
        using Pipe requests = Pipe.Create();
        using Pipe answers = Pipe.Create();
        using FileStream module = File.OpenRead(typeof(CommandServer).Assembly.Location);
        Pipe errors = Pipe.Create(nonBlocking: true);
        try
        {
            ChildProcess child = ChildProcess.Of(Spawner.StartFresh(request with
            {
                Program = program.Path,
                Arguments = [.. program.Arguments, "-NoProfile", "-NonInteractive", "-Command", $"exit # runs script blocks of Invoke-NamespaceCommand for process {Environment.ProcessId}"],
                Environment = StartVariables.Add(request.Environment, StartupHook.Variable, CommandServer.Module, startEnvironment),
                StandardInput = "/dev/null",
                StandardOutput = "/dev/null",
                Descriptors = [null, null, errors.Writing, requests.Reading, answers.Writing, module.SafeFileHandle],

                // Ctrl+C is for the session, which sends a message.
                OwnProcessGroup = true,
            }))!;
            errors.Writing.Dispose();
            FrameChannel channel = new(new FileStream(answers.TakeReading(), FileAccess.Read, bufferSize: 0), new FileStream(requests.TakeWriting(), FileAccess.Write, bufferSize: 0));
            return new InnerPowerShell(child, channel, errors);
        }
        catch
        {
            errors.Dispose();
            throw;
        }
    }

    /// <summary>Runs a script block and hands on what it writes, until it has ended.</summary>
    /// <returns>The exit code of its last program, as text of the serializer.</returns>
    /// <exception cref="NamespaceException">InnerSessionEnded: the PowerShell inside is no more.</exception>
    internal string Run(string request, Action<FrameKind, string> emit)
    {
        // Until it says that it is done it cannot take another.
        bool hasStarted = _isReady;
        _isReady = false;
        try
        {
            _channel.Write(FrameKind.Invoke, request);
            while (_channel.TryRead(out FrameKind kind, out string text))
            {
                switch (kind)
                {
                    case FrameKind.Ready:
                        hasStarted = true;
                        break;
                    case FrameKind.Done:
                        _isReady = true;
                        return text;
                    default:
                        emit(kind, text);
                        break;
                }
            }
        }
        catch (IOException)
        {
            // It ended while it was written to: the same as an end while it was read from.
        }

        throw Ended(hasStarted);
    }

    /// <summary>Asks the script block to stop; the answer comes in <see cref="Run"/>.</summary>
    internal void Stop()
    {
        try
        {
            _channel.Write(FrameKind.Stop);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It has stopped for good.
        }
    }

    /// <summary>Ends it at once.</summary>
    internal void Kill() => _child.Send(LibC.SIGKILL);

    /// <summary>Ends one that has nothing to do, and waits for that.</summary>
    internal void Destroy()
    {
        _child.Destroy();
        _channel.Dispose();
        _errors.Dispose();
    }

    /// <summary>Lets it end by itself, and makes sure that it does.</summary>
    public void Dispose()
    {
        _channel.Dispose();
        if (!_child.Wait(s_grace, null))
        {
            Kill();
        }

        ChildReaper.Add(_child);
        _errors.Dispose();
    }

    private NamespaceException Ended(bool hasStarted)
    {
        _child.Wait(s_grace, null);

        byte[] buffer = new byte[4096];
        int length = 0;
        try
        {
            using FileStream stream = new(_errors.Reading, FileAccess.Read, bufferSize: 0);
            length = stream.Read(buffer);
        }
        catch (IOException)
        {
            // Nothing was said, and somebody inside still could.
        }

        IEnumerable<string> lines = Encoding.UTF8.GetString(buffer, 0, length).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
        string how = _child.Signal is int signal ? $"signal {signal} ended it" : $"exit code {_child.ExitCode}";
        string said = string.Join(' ', lines.Take(5));
        return new NamespaceException(
            hasStarted ? ErrorIds.InnerSessionEnded : ErrorIds.InnerSessionNotStarted,
            hasStarted ? $"The PowerShell inside ended before the script block did ({how}). {said}".TrimEnd() : $"PowerShell could not start inside ({how}). {said}".TrimEnd(),
            hasStarted ? "Something inside ended it; run it again." : "Its files must be readable to the user inside: leave types out with -Type, or run a program with -FilePath.");
    }
}
