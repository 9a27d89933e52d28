using System;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Life;

namespace LinuxNamespaces.Operations.Start.Groups;

/// <summary>
/// A process that keeps a scope of systemd until the usage of the program has been read: systemd removes a group as soon as it is empty. It reads from a
/// pipe whose other end only the session has, so it ends with the session too.
/// </summary>
internal sealed class GroupKeeper : IDisposable
{
    private readonly Pipe _life;
    private readonly ChildProcess _process;

    private GroupKeeper(Pipe life, ChildProcess process)
    {
        _life = life;
        _process = process;
    }

    internal int ProcessId => _process.Id;

    /// <summary>Starts one.</summary>
    internal static GroupKeeper Start(SpawnGate gate)
    {
        Pipe life = Pipe.Create();
        try
        {
            using Pipe output = Pipe.Create();
            GroupKeeper keeper = new(life, gate.StartHelper("cat", [], output.Writing, life.Reading));
            life.Reading.Dispose();
            return keeper;
        }
        catch
        {
            life.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _life.Dispose();
        _process.Destroy();
    }
}
