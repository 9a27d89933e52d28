using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.ControlGroups;

/// <summary>
/// The control group of one child, held open. When it is disposed of, its usage is read for the last time, the processes that are left in it are
/// killed, and the group is removed.
/// </summary>
internal sealed unsafe class ControlGroup : IDisposable
{
    // A process of the group that hangs in the kernel must not hang the session: a later start removes the group.
    private const int MostWaits = 20;
    private const int WaitMilliseconds = 100;

    private readonly object _lock = new();
    private readonly DescriptorHandle _directory;
    private readonly IDisposable? _keeper;
    private GroupUsage _usage;
    private bool _isGone;

    /// <summary>Takes over the open directory of a group.</summary>
    /// <param name="path">The path of the directory.</param>
    /// <param name="directory">The directory, for as long as the group is used.</param>
    /// <param name="keeper">An object that keeps a group which another manager removes; null for a group that this object removes.</param>
    internal ControlGroup(string path, Descriptor directory, IDisposable? keeper = null)
    {
        Path = path;
        _directory = new DescriptorHandle(directory);
        _keeper = keeper;
    }

    /// <summary>The directory.</summary>
    internal string Path { get; }

    /// <summary>The usage: as it is, or as it was in the end.</summary>
    internal GroupUsage Usage
    {
        get
        {
            lock (_lock)
            {
                return _isGone ? _usage : _usage = Read();
            }
        }
    }

    /// <summary>Writes a value into a file of the group.</summary>
    /// <returns>0, or an errno.</returns>
    internal int Write(string file, string value) => ControlGroupTree.Write(_directory.Number, file, value);

    /// <summary>Whether the group has a file.</summary>
    internal bool Has(string file) => FileStatus.TryGet(_directory.Number, Encoding.ASCII.GetBytes(file + '\0'), out _);

    /// <summary>Whether a process is in it.</summary>
    internal bool Contains(int processId) => ReadText("cgroup.procs")?.Split('\n').Contains(processId.ToString(CultureInfo.InvariantCulture)) == true;

    /// <summary>Reads the usage, kills what is left, and removes the group.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isGone)
            {
                return;
            }

            _usage = Read();
            _isGone = true;
            if (IsPopulated())
            {
                Kill();
            }

            if (_keeper is null)
            {
                Remove();
            }

            _directory.Dispose();
        }

        _keeper?.Dispose();
    }

    /// <summary>Removes a group and the groups in it, as far as no process is in them.</summary>
    /// <returns>Whether it is gone.</returns>
    internal static bool TryRemove(string path)
    {
        try
        {
            foreach (string inner in Directory.GetDirectories(path))
            {
                TryRemove(inner);
            }

            Directory.Delete(path);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool IsPopulated() => ReadText("cgroup.events")?.Contains("populated 1", StringComparison.Ordinal) == true;

    // The file is of Linux 5.14. Before, the group is frozen first, so that no process of it can make others meanwhile.
    private void Kill()
    {
        if (Write("cgroup.kill", "1") == LibC.ENOENT && Write("cgroup.freeze", "1") == 0)
        {
            foreach (string line in (ReadText("cgroup.procs") ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id > 0)
                {
                    _ = LibC.kill(id, LibC.SIGKILL);
                }
            }

            Write("cgroup.freeze", "0");
        }
    }

    // A process leaves the group some time after its end, of which the kernel tells by an event on the file. Newer kernels still refuse for a moment then.
    private void Remove()
    {
        for (int i = 0; !TryRemove(Path) && i < MostWaits; i++)
        {
            using Descriptor events = Descriptor.OpenAt(_directory.Number, "cgroup.events\0"u8, LibC.O_RDONLY);
            byte[] text = new byte[256];
            bool isEmpty = events.IsOpen && events.Read(text) is int length and > 0 && Encoding.ASCII.GetString(text, 0, length).Contains("populated 0", StringComparison.Ordinal);
            LibC.pollfd file = new() { fd = events.Number, events = LibC.POLLPRI };
            _ = LibC.poll(&file, 1, isEmpty ? 1 : WaitMilliseconds);
        }
    }

    private GroupUsage Read() => new(
        ReadNumber("memory.peak") ?? _usage.PeakMemory,
        ReadField("cpu.stat", "usage_usec") is long time ? TimeSpan.FromMicroseconds(time) : _usage.CpuTime,
        ReadField("memory.events", "oom_kill") is long kills ? kills > 0 : _usage.OomKilled);

    private long? ReadNumber(string file) => long.TryParse(ReadText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long number) ? number : null;

    private long? ReadField(string file, string field)
    {
        string? line = ReadText(file)?.Split('\n').FirstOrDefault(one => one.StartsWith(field + " ", StringComparison.Ordinal));
        return long.TryParse(line?[(field.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    private string? ReadText(string file) => KernelFile.TryRead(_directory.Number, file);
}
