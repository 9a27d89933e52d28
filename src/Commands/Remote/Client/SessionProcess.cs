using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using LinuxNamespaces.Commands.Remote.Server;
using LinuxNamespaces.Commands.Remote.Wire;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Enter;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;
using Microsoft.Win32.SafeHandles;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>
/// The other end of a PSSession: a PowerShell inside of namespaces that speaks the remoting protocol over its standard input and output. It ends when this
/// session does, because its pipe then ends.
/// </summary>
internal sealed class SessionProcess : IDisposable
{
    private const int StackSize = 512 * 1024;
    private const int MaxErrors = 4096;

    // A PowerShell whose input ends is quick to follow; one that is stopped, or whose grandchildren hold its pipes, never says so.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(500);

    private readonly object _lock = new();
    private readonly ChildProcess _child;
    private readonly SafeFileHandle _output;
    private readonly SafeFileHandle _errors;
    private readonly FileStream _input;
    private readonly FileStream _word;
    private readonly FileStream _answer;
    private readonly WakeUp _stop = new();
    private readonly StringBuilder _said = new();
    private ProtocolLines? _lines;
    private volatile int _turn;
    private bool _isReading;
    private bool _isClosed;

    private SessionProcess(ChildProcess child, string label, Pipe input, Pipe output, Pipe errors, Pipe word, Pipe answer)
    {
        _child = child;
        Label = label;
        _input = new FileStream(input.TakeWriting(), FileAccess.Write, bufferSize: 0);
        _output = output.TakeReading();
        _errors = errors.TakeReading();
        _word = new FileStream(word.TakeWriting(), FileAccess.Write, bufferSize: 0);
        _answer = new FileStream(answer.TakeReading(), FileAccess.Read, bufferSize: 0);
    }

    /// <summary>The target, for messages.</summary>
    internal string Label { get; }

    /// <summary>The PID of the PowerShell inside, as this session counts.</summary>
    internal int Id => _child.Id;

    /// <summary>Whether the PowerShell inside has gone to the directory its process was started in, as it says in its answer.</summary>
    internal bool HasLocation { get; private set; }

    /// <summary>Whether a line of the protocol has come: before, nobody is there to answer a farewell.</summary>
    internal bool HasSpoken { get; private set; }

    /// <summary>Starts one where the request says.</summary>
    /// <exception cref="NamespaceException">Something refused; nothing is left behind.</exception>
    internal static SessionProcess Start(SpawnRequest request, PowerShellProgram program, IReadOnlyList<string> startEnvironment, string label)
    {
        using Pipe input = Pipe.Create();
        using Pipe output = Pipe.Create();
        using Pipe errors = Pipe.Create();
        using Pipe word = Pipe.Create();
        using Pipe answer = Pipe.Create();
        using FileStream module = File.OpenRead(typeof(SessionProcess).Assembly.Location);

        ChildProcess child = ChildProcess.Of(Spawner.StartFresh(request with
        {
            Program = program.Path,
            Arguments = [.. program.Arguments, "-s", "-NoLogo", "-NoProfile"],
            Environment = StartVariables.Add(request.Environment, SessionHook.Variable, SessionHook.Module, startEnvironment),
            Descriptors = [input.Reading, output.Writing, errors.Writing, word.Reading, answer.Writing, module.SafeFileHandle],

            // Ctrl+C at the terminal is for what runs in the foreground, not for sessions that wait.
            OwnSession = true,
        }))!;
        return new SessionProcess(child, label, input, output, errors, word, answer);
    }

    /// <summary>Writes to the input of the PowerShell inside.</summary>
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        _turn++;
        _input.Write(bytes);
    }

    /// <summary>Begins to read.</summary>
    /// <param name="take">Takes each line of the protocol, on a thread of its own.</param>
    /// <param name="lost">Told why there are no more: the process has ended, or its output has.</param>
    internal void BeginRead(Action<string> take, Action<string> lost)
    {
        _lines = new ProtocolLines(line =>
        {
            HasSpoken = true;
            take(line);
        });
        _isReading = true;
        BackgroundThread.Start(() => Read(lost), StackSize, "LinuxNamespaces session");
    }

    /// <summary>Says that the session is open, and waits until what served the start has been put away.</summary>
    /// <returns>False where the PowerShell inside has ended.</returns>
    internal bool Confirm()
    {
        try
        {
            _word.WriteByte(1);
            int answer = _answer.ReadByte();
            HasLocation = answer == SessionHook.InPlace;
            return answer >= 0;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            _word.Dispose();
            _answer.Dispose();
        }
    }

    /// <summary>Ends it at once.</summary>
    internal void Kill() => _child.Send(LibC.SIGKILL);

    /// <summary>Ends its input, on which it ends by itself, and keeps what the next start is quicker by. Ends it where that takes long.</summary>
    internal void End()
    {
        _input.Dispose();
        if (!_child.Wait(HasSpoken ? s_grace : TimeSpan.Zero, null))
        {
            _child.Destroy();
        }
    }

    /// <summary>Lets it end by itself, and makes sure that it does.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        _word.Dispose();
        _answer.Dispose();
        End();
        _stop.Signal();
        if (!_isReading)
        {
            CloseReading();
        }
    }

    private void Read(Action<string> lost)
    {
        try
        {
            ChildPump.Run(_child, _output, _lines!.Add, _errors, Keep, _stop, () => _turn);
            lock (_lock)
            {
                if (_isClosed)
                {
                    return;
                }
            }

            lost(DescribeEnd());
        }
        finally
        {
            CloseReading();
        }
    }

    private void CloseReading()
    {
        _output.Dispose();
        _errors.Dispose();
        _stop.Dispose();
    }

    private void Keep(ReadOnlySpan<byte> block)
    {
        if (_said.Length < MaxErrors)
        {
            _said.Append(Encoding.UTF8.GetString(block));
        }
    }

    private string DescribeEnd()
    {
        // Its output may have ended before it.
        bool hasExited = _child.Wait(s_grace, null);
        string how = !hasExited ? "it has closed its output"
            : _child.Signal is int signal ? $"{SignalName.Of(signal)} terminated it"
            : $"exit code {_child.ExitCode}";
        string said = string.Join(' ', $"{_said}\n{_lines!.Stray}".Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Take(5));
        return $"The PowerShell in {Label} has ended ({how}). {SafeText.Escape(said)}".TrimEnd();
    }
}
