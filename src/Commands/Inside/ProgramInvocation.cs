using System;
using System.IO;
using System.Text;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;
using LinuxNamespaces.Operations;

namespace LinuxNamespaces.Commands;

/// <summary>A program inside, with pipes to and from it.</summary>
internal sealed class ProgramInvocation(string label, SpawnRequest start, TargetJoin? join, InputFeed? input) : Invocation(label)
{
    private const int BlockSize = 32 * 1024;

    private readonly object _lock = new();
    private readonly SpawnRequest _start = start;
    private readonly TargetJoin? _join = join;
    private readonly InputFeed? _input = input;
    private readonly WakeUp _stop = new();
    private ChildProcess? _child;
    private bool _isStopped;

    /// <summary>Output as bytes instead of lines.</summary>
    internal bool AsBytes { get; init; }

    internal override void Run(Action<Action<InvocationSink>> emit)
    {
        using Pipe output = Pipe.Create();
        using Pipe errors = Pipe.Create();
        using Pipe? source = _input is null ? null : Pipe.Create();
        ChildProcess child = Spawner.Start(SpawnPlanner.Create(_start with
        {
            StandardInput = source is null ? "/dev/null" : null,
            Descriptors = [source?.Reading, output.Writing, errors.Writing],
        })).Child!;
        output.Writing.Dispose();
        errors.Writing.Dispose();
        source?.Reading.Dispose();
        lock (_lock)
        {
            _child = child;
            if (_isStopped)
            {
                child.Send(LibC.SIGKILL);
            }
        }

        Thread? feeder = source is null ? null : Start(() => Feed(source));
        Thread errorReader = Start(() => ReadLines(errors, line => emit(sink => sink.WriteErrorLine(Label, line))));
        if (AsBytes)
        {
            ReadBytes(output, block => emit(sink => sink.WriteBytes(block)));
        }
        else
        {
            ReadLines(output, line => emit(sink => sink.WriteOutput(Label, line)));
        }

        errorReader.Join();
        child.Wait(Timeout.InfiniteTimeSpan, _stop);
        ChildReaper.Add(child);

        // It reads no more; the feeder finds that out, or is told.
        source?.Reading.Dispose();
        _input?.Wake();
        feeder?.Join();
        int? code = child.ExitCode ?? (child.Signal is int signal ? 128 + signal : null);
        emit(sink => sink.SetExitCode(code));
    }

    internal override void Stop() => Send(LibC.SIGTERM);

    internal override void Kill()
    {
        Send(LibC.SIGKILL);

        // Those it started may keep its pipes open.
        _stop.Signal();
    }

    public override void Dispose()
    {
        _stop.Dispose();
        _join?.Dispose();
    }

    private static Thread Start(Action work)
    {
        Thread thread = new(() => work(), 256 * 1024) { IsBackground = true, Name = "LinuxNamespaces pipe" };
        thread.Start();
        return thread;
    }

    private void Send(int signal)
    {
        lock (_lock)
        {
            _isStopped = true;
            _child?.Send(signal);
        }
    }

    private void Feed(Pipe pipe)
    {
        using FileStream stream = new(pipe.Writing, FileAccess.Write, bufferSize: 0);
        try
        {
            foreach (byte[] block in _input!.Read(() => _child!.HasExited))
            {
                stream.Write(block);
            }
        }
        catch (IOException)
        {
            // It does not want to read all of it, as head does not.
        }
    }

    private void ReadLines(Pipe pipe, Action<string> write)
    {
        using StreamReader reader = new(new PipeReader(pipe.Reading, _stop), new UTF8Encoding(false));
        while (reader.ReadLine() is string line)
        {
            write(line);
        }
    }

    private void ReadBytes(Pipe pipe, Action<byte[]> write)
    {
        using PipeReader reader = new(pipe.Reading, _stop);
        byte[] buffer = new byte[BlockSize];
        int got;
        while ((got = reader.Read(buffer)) > 0)
        {
            write(buffer[..got]);
        }
    }
}
