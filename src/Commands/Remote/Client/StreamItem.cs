using System;
using LinuxNamespaces.Commands.Remote.Wire;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>One thing on its way from an invocation to the pipeline's thread. The kind says which properties count.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Label">The target.</param>
internal readonly record struct StreamItem(StreamItemKind Kind, string Label)
{
    /// <summary>The stream of a record.</summary>
    internal FrameKind Frame { get; init; }

    /// <summary>A record as the wire has it, a line, or the path of a program.</summary>
    internal string? Text { get; init; }

    internal byte[]? Bytes { get; init; }

    /// <summary>An exit code; null where it is not known.</summary>
    internal int? Code { get; init; }

    internal Exception? Failure { get; init; }

    internal static StreamItem Record(string label, FrameKind frame, string text) => new(StreamItemKind.Record, label) { Frame = frame, Text = text };

    internal static StreamItem Line(string label, string line) => new(StreamItemKind.Line, label) { Text = line };

    internal static StreamItem Block(string label, ReadOnlySpan<byte> bytes) => new(StreamItemKind.Block, label) { Bytes = bytes.ToArray() };

    internal static StreamItem ErrorLine(string label, string line) => new(StreamItemKind.ErrorLine, label) { Text = line };

    internal static StreamItem ErrorBlock(string label, ReadOnlySpan<byte> bytes) => new(StreamItemKind.ErrorBlock, label) { Bytes = bytes.ToArray() };

    internal static StreamItem Pause(string label) => new(StreamItemKind.Pause, label);

    internal static StreamItem ProgramEnd(string label, string path, int? code) => new(StreamItemKind.ProgramEnd, label) { Text = path, Code = code };

    internal static StreamItem ExitCode(string label, int code) => new(StreamItemKind.ExitCode, label) { Code = code };

    internal static StreamItem Failed(string label, Exception failure) => new(StreamItemKind.Failed, label) { Failure = failure };
}
