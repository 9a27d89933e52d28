using System;
using System.Globalization;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;
using LinuxNamespaces.Operations;

namespace LinuxNamespaces;

/// <summary>
/// A program started in namespaces: what it was when it was started, and how it ended. Stop-Process, Wait-Process and
/// Get-Process take it by its <see cref="Id"/>.
/// </summary>
public sealed class NamespaceProcess
{
    private readonly ChildProcess _child;
    private readonly SpawnRequest _request;
    private readonly ulong[] _inodes = new ulong[NamespaceTypes.Count];

    internal NamespaceProcess(ChildProcess child, SpawnPlan plan, Func<SpawnResult, byte[]> readResult, int secondInnerId)
    {
        _child = child;
        _request = plan.Request;
        Id = child.Id;
        ParentId = Environment.ProcessId;
        Name = Path.GetFileName(plan.Programs[0]);
        CommandLine = SafeText.Escape(string.Join(' ', plan.Arguments));
        StartTime = DateTime.Now;
        NamespacePid = secondInnerId != 0 ? secondInnerId : _request.Types.Contains(NamespaceType.Pid) ? 1 : child.Id;
        for (int i = 0; i < _inodes.Length; i++)
        {
            byte[] link = readResult(SpawnResult.NamespaceLinks + i);
            _inodes[i] = link.Length == 0 ? 0 : NamespaceLink.ParseInode(link);
        }
    }

    /// <summary>The PID, as the session sees it.</summary>
    public int Id { get; }

    /// <summary>The PID the program itself sees.</summary>
    public int NamespacePid { get; }

    /// <summary>The PID of the session that started it.</summary>
    public int ParentId { get; }

    /// <summary>The program's file name.</summary>
    public string Name { get; }

    /// <summary>The name it was called by and its arguments; control characters are escaped.</summary>
    public string CommandLine { get; }

    /// <summary>The user it was started as, seen from outside of its user namespace; a number where it has no name.</summary>
    public string UserName => new UserDatabase().NameOf(OuterUserId());

    /// <summary>When it was started.</summary>
    public DateTime StartTime { get; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _child.HasExited;

    /// <summary>What it ended with; null while it runs, and where a signal ended it.</summary>
    public int? ExitCode => _child.ExitCode;

    /// <summary>The signal that ended it; null otherwise.</summary>
    public int? Signal => _child.Signal;

    /// <summary>The inode of its cgroup namespace.</summary>
    public ulong Cgroup => InodeOf(NamespaceType.Cgroup);

    /// <summary>The inode of its ipc namespace.</summary>
    public ulong Ipc => InodeOf(NamespaceType.Ipc);

    /// <summary>The inode of its mnt namespace.</summary>
    public ulong Mnt => InodeOf(NamespaceType.Mnt);

    /// <summary>The inode of its net namespace.</summary>
    public ulong Net => InodeOf(NamespaceType.Net);

    /// <summary>The inode of its pid namespace.</summary>
    public ulong Pid => InodeOf(NamespaceType.Pid);

    /// <summary>The inode of its time namespace; 0 on a kernel without.</summary>
    public ulong Time => InodeOf(NamespaceType.Time);

    /// <summary>The inode of its user namespace.</summary>
    public ulong User => InodeOf(NamespaceType.User);

    /// <summary>The inode of its uts namespace.</summary>
    public ulong Uts => InodeOf(NamespaceType.Uts);

    internal ChildProcess Child => _child;

    /// <summary>The name and the PID.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} ({Id})");

    private ulong InodeOf(NamespaceType type) => _inodes[(int)type];

    private uint OuterUserId()
    {
        uint own = LibC.geteuid();
        return _request.UserId is not uint inside ? _request.Owner?.UserId ?? own : _request.UserMap?.ToOuter(inside) ?? inside;
    }
}
