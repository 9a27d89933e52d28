using System;

namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>One run of a script block or program in one place, on a thread of its own.</summary>
internal abstract class Invocation(string label) : IDisposable
{
    /// <summary>Where it runs, for people.</summary>
    internal string Label { get; } = label;

    /// <summary>Runs it to its end. Its output is handed to <paramref name="emit"/>, to be written on the pipeline's thread.</summary>
    internal abstract void Run(Action<StreamItem> emit);

    /// <summary>Asks it to end.</summary>
    internal abstract void Stop();

    /// <summary>Ends it.</summary>
    internal abstract void Kill();

    public abstract void Dispose();
}
