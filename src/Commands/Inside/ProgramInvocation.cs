using System;
using System.Collections.Generic;
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

        List<Thread> helpers = [];
        try
        {
            if (source is not null)
            {
                helpers.Add(Start(() => Feed(source)));
            }

            helpers.Add(Start(() => ReadLines(errors, line => emit(sink => sink.WriteErrorLine(Label, line)))));
            if (AsBytes)
            {
                ReadBytes(output, block => emit(sink => sink.WriteBytes(block)));
            }
            else
            {
                ReadLines(output, line => emit(sink => sink.WriteOutput(Label, line)));
            }

            helpers[^1].Join();
            child.Wait(Timeout.InfiniteTimeSpan, _stop);
            ChildReaper.Add(child);
        }
        catch
        {
            // Nobody would read what it writes, or take its exit status.
            child.Destroy();
            throw;
        }
        finally
        {
            // None may use a pipe that is closed: its number can be another file's by then.
            _stop.Signal();
            _input?.Wake();
            helpers.ForEach(helper => helper.Join());
        }

        emit(sink => sink.SetExitCode(child.ExitCode ?? (child.Signal is int signal ? 128 + signal : null)));
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

    private static Thread Start(Action work) => BackgroundThread.Start(work, 256 * 1024, "LinuxNamespaces pipe");

    private void Send(int signal)
    {
        lock (_lock)
        {
            _isStopped = true;
            _child?.Send(signal);
        }
    }

    // It need not read all of it, as head does not.
    private void Feed(Pipe pipe)
    {
        foreach (byte[] block in _input!.Read(() => _child!.HasExited))
        {
            if (!PipeWriter.TryWrite(pipe.Writing, _stop, block))
            {
                break;
            }
        }

        pipe.Writing.Dispose();
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
