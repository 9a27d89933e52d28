using System;
using System.Text;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Enter;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>A program inside, with pipes to and from it.</summary>
internal sealed class ProgramInvocation(string label, SpawnRequest start, TargetJoin? join, InputFeed? input) : Invocation(label)
{
    private readonly object _lock = new();
    private readonly SpawnRequest _start = start;
    private readonly TargetJoin? _join = join;
    private readonly InputFeed? _input = input;
    private readonly WakeUp _stop = new();
    private ChildProcess? _child;
    private bool _isStopped;

    /// <summary>There is no other: its errors need not be kept in lines.</summary>
    internal bool IsAlone { get; set; }

    /// <summary>Errors are wanted as records, line by line.</summary>
    internal bool WritesErrorRecords { get; set; }

    /// <summary>Output as bytes instead of lines.</summary>
    internal bool AsBytes { get; init; }

    internal override void Run(Action<StreamItem> emit)
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                return;
            }
        }

        using Pipe output = Pipe.Create();
        using Pipe errors = Pipe.Create();
        using Pipe? source = _input is null ? null : Pipe.Create();
        using ForwardedTermination termination = ForwardedTermination.Begin();
        ChildProcess child = ChildProcess.Of(Spawner.Start(SpawnPlanner.Create(_start with
        {
            StandardInput = source is null ? "/dev/null" : null,
            Descriptors = [source?.Reading, output.Writing, errors.Writing],
        })))!;
        output.Writing.Dispose();
        errors.Writing.Dispose();
        source?.Reading.Dispose();
        termination.To(child);
        lock (_lock)
        {
            _child = child;
            if (_isStopped)
            {
                child.Send(LibC.SIGKILL);
            }
        }

        Thread? feeder = null;
        try
        {
            feeder = source is null ? null : BackgroundThread.Start(() => Feed(source), 256 * 1024, "LinuxNamespaces input");
            LineSplitter lines = new(line => emit(StreamItem.Line(Label, line)));
            LineSplitter complaints = new(line => WriteErrorLine(emit, line));
            OutputPump.Run(
                output.Reading,
                AsBytes ? block => Emit(emit, block, StreamItem.Block) : lines.Add,
                errors.Reading,
                IsAlone && !WritesErrorRecords ? block => Emit(emit, block, StreamItem.ErrorBlock) : complaints.Add,
                _stop,
                () => emit(StreamItem.Pause(Label)));
            child.Wait(Timeout.InfiniteTimeSpan, _stop);
            ChildReaper.Add(child);
        }
        catch
        {
            // Nobody would read what it writes, or take its exit status.
            child.Stop(InvocationQueue.Grace);
            throw;
        }
        finally
        {
            // None may use a pipe that is closed: its number can be another file's by then.
            _stop.Signal();
            _input?.Wake();
            feeder?.Join();
        }

        emit(StreamItem.ProgramEnd(Label, _start.Program!, child.ExitCode ?? (child.Signal is int signal ? 128 + signal : null)));
    }

    internal override void Stop()
    {
        Send(LibC.SIGTERM);
        if (_child?.HasExited == true)
        {
            // Processes that it left behind hold its pipes, and are not ours to terminate.
            _stop.Signal();
        }
    }

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

    private void WriteErrorLine(Action<StreamItem> emit, string line) => emit(WritesErrorRecords
        ? StreamItem.ErrorLine(Label, line)
        : StreamItem.ErrorBlock(Label, Encoding.UTF8.GetBytes(line + "\n")));

    private void Emit(Action<StreamItem> emit, ReadOnlySpan<byte> block, ItemOfBytes toItem)
    {
        if (block.Length > 0)
        {
            emit(toItem(Label, block));
        }
    }

    private delegate StreamItem ItemOfBytes(string label, ReadOnlySpan<byte> bytes);
}
