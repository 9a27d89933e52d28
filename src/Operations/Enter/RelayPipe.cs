using System;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>
/// A pipe to a program that somebody else starts, and that is to have its reading end by number. It ends with this end, whatever becomes of the process that
/// started the program.
/// </summary>
internal sealed class RelayPipe : IDisposable
{
    private readonly Pipe _pipe = Pipe.Create();
    private readonly WakeUp _stop = new();

    /// <summary>Makes one, whose reading end is handed on to every program that is started until <see cref="CloseReading"/>.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    internal RelayPipe()
    {
        Number = (int)_pipe.Reading.DangerousGetHandle();
        _ = LibC.fcntl(Number, LibC.F_SETFD, 0);
    }

    /// <summary>The number of the reading end.</summary>
    internal int Number { get; }

    /// <summary>The program has it.</summary>
    internal void CloseReading() => _pipe.Reading.Dispose();

    /// <summary>Writes all of it, or nothing more where nobody reads.</summary>
    internal void Write(ReadOnlySpan<byte> bytes) => PipeWriter.TryWrite(_pipe.Writing, _stop, bytes);

    /// <summary>No more will come.</summary>
    internal void CloseWriting() => _pipe.Writing.Dispose();

    public void Dispose()
    {
        _pipe.Dispose();
        _stop.Dispose();
    }
}
