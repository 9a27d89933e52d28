using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Targets;

/// <summary>
/// A target with everything open that going inside takes. Paths of the session's world are opened here, before anything is joined;
/// afterwards nothing is looked up by a path the target could have changed.
/// </summary>
internal sealed class TargetJoin : IDisposable
{
    private readonly ResolvedTarget _target;
    private readonly JoinOptions _options;
    private readonly List<JoinedNamespace> _namespaces = [];
    private readonly List<SafeHandle> _opened = [];
    private SafeHandle? _root;
    private SafeHandle? _start;
    private IReadOnlyList<SafeHandle> _controlGroups = [];
    private string? _context;
    private (uint UserId, uint GroupId)? _credentials;

    private TargetJoin(ResolvedTarget target, JoinOptions options)
    {
        _target = target;
        _options = options;
    }

    /// <summary>For messages and for <c>PSNamespace</c>.</summary>
    internal string Label => _target.Label;

    /// <summary>The process meant; null where a namespace alone was.</summary>
    internal ProcessHandle? Process => _target.Process;

    /// <summary>The namespaces to join: those wanted in which the session is not already.</summary>
    internal IReadOnlyList<JoinedNamespace> Namespaces => _namespaces;

    /// <summary>The target's variables, where they are wanted.</summary>
    internal IReadOnlyList<string>? Environment { get; private set; }

    /// <summary>Equal for what would start in the same place as the same user.</summary>
    internal string Key => string.Join('|', [
        .. _namespaces.Select(ns => string.Create(CultureInfo.InvariantCulture, $"{ns}{ns.Handle.NamespaceId}")),
        UserId,
        GroupId,
        _options.PreserveCredentials,
        _options.KeepCapabilities,
        _options.JoinCgroup || _options.FollowContext || _options.TargetEnvironment || _root is not null || _start is not null ? Label : null]);

    /// <summary>The root directory that was asked for, open.</summary>
    internal SafeHandle? RootDirectory => _root;

    /// <summary>Opens all of it, and takes the target over.</summary>
    /// <exception cref="NamespaceException">The target lacks something that was asked for.</exception>
    internal static TargetJoin Open(ResolvedTarget target, JoinOptions options)
    {
        TargetJoin join = new(target, options);
        try
        {
            join.OpenNamespaces();
            join.OpenDetails();
            return join;
        }
        catch
        {
            join.Dispose();
            throw;
        }
    }

    /// <summary>Joins another namespace of a type, which it takes over.</summary>
    internal void Replace(NamespaceType type, NamespaceHandle handle)
    {
        Keep(handle);
        int index = _namespaces.FindIndex(ns => ns.Type == type);
        _namespaces[index] = new JoinedNamespace(type, handle);
    }

    /// <summary>Leaves a type out.</summary>
    internal void Remove(NamespaceType type) => _namespaces.RemoveAll(ns => ns.Type == type);

    /// <summary>Whether paths mean inside what they mean outside.</summary>
    internal bool KeepsFiles => _root is null && _start is null && !Joins(NamespaceType.Mnt);

    internal bool Joins(NamespaceType type) => _namespaces.Any(ns => ns.Type == type);

    /// <summary>How to go inside.</summary>
    internal JoinOptions Options => _options;

    /// <summary>The directory to start in, open; null without one.</summary>
    internal SafeHandle? StartDirectory => _start;

    /// <summary>The open cgroup.procs files of the target's control groups.</summary>
    internal IReadOnlyList<SafeHandle> ControlGroups => _controlGroups;

    /// <summary>The target's SELinux context, where it is wanted.</summary>
    internal string? SecurityContext => _context;

    /// <summary>The uid to become.</summary>
    internal uint? UserId => _options.UserId ?? _credentials?.UserId;

    /// <summary>The gid to become.</summary>
    internal uint? GroupId => _options.GroupId ?? _credentials?.GroupId;

    public void Dispose()
    {
        foreach (SafeHandle handle in _opened)
        {
            handle.Dispose();
        }

        _target.Dispose();
    }

    private void OpenNamespaces()
    {
        using ProcessDirectory current = ProcessDirectory.OpenOwnThread();
        foreach (NamespaceType type in _options.Types ?? default)
        {
            if (_target[type] is null && !(type == NamespaceType.Net && _options.SocketDescriptor is not null) && !(type == NamespaceType.User && _options.UserParent))
            {
                throw new NamespaceException(ErrorIds.TargetLacksType, $"{Label} has no {type.KernelName()} namespace to join.", "Take the type out of -Type, or give a process as target.");
            }
        }

        foreach (NamespaceType type in _target.Types)
        {
            bool isReplaced = (type == NamespaceType.Net && _options.SocketDescriptor is not null) || (type == NamespaceType.User && _options.UserParent);
            if (!isReplaced && (_options.Types ?? NamespaceTypeSet.All).Contains(type))
            {
                Add(current, type, _target[type]!);
            }
        }

        if (_options.SocketDescriptor is int number)
        {
            Add(current, NamespaceType.Net, Keep(TargetDetails.OpenSocketNamespace(RequireProcess("-SocketDescriptor"), number)));
        }

        if (_options.UserParent)
        {
            // A namespace that is joined, or else any that the target has.
            NamespaceHandle? any = _namespaces.Select(ns => ns.Handle).FirstOrDefault() ?? _target.Types.Where(type => type != NamespaceType.User).Select(type => _target[type]).FirstOrDefault();
            NamespaceHandle owner = any?.OpenOwner() ?? throw new NamespaceException(ErrorIds.UserParentHidden, $"The user namespace that owns those of {Label} is out of sight.", "Only descendants of one's own user namespace can be seen.");
            Add(current, NamespaceType.User, Keep(owner));
        }
    }

    // One's own cannot be joined again in every case, and need not be.
    private void Add(in ProcessDirectory current, NamespaceType type, NamespaceHandle handle)
    {
        if (current.ReadNamespaceInode(NamespaceLink.PathOf(type)) != handle.Inode)
        {
            _namespaces.Add(new JoinedNamespace(type, handle));
        }
    }

    private void OpenDetails()
    {
        _root = _options.TargetRoot ? Keep(TargetDetails.OpenDirectory(RequireProcess("-TargetRoot"), "root\0"u8))
            : _options.Root is string root ? Keep(OpenDirectory(root)) : null;
        _start = _options.TargetWorkingDirectory ? Keep(TargetDetails.OpenDirectory(RequireProcess("-TargetWorkingDirectory"), "cwd\0"u8))
            : _options.OuterWorkingDirectory is string directory ? Keep(OpenDirectory(directory)) : null;
        if (_options.TargetEnvironment)
        {
            Environment = TargetDetails.ReadEnvironment(RequireProcess("-TargetEnvironment"));
        }

        if (_options.JoinCgroup)
        {
            _controlGroups = [Keep(TargetDetails.OpenControlGroup(RequireProcess("-JoinCgroup")))];
        }

        if (_options.FollowContext)
        {
            _context = TargetDetails.ReadContext(RequireProcess("-FollowContext"));
        }

        if (_options.FollowCredentials)
        {
            _credentials = TargetDetails.ReadCredentials(RequireProcess("-FollowCredentials"), Joins(NamespaceType.User));
        }
    }

    private T Keep<T>(T handle)
        where T : SafeHandle
    {
        _opened.Add(handle);
        return handle;
    }

    private ProcessHandle RequireProcess(string parameter) => _target.Process
        ?? throw new NamespaceException(ErrorIds.TargetIsNoProcess, $"{parameter} needs a process as target; {Label} is a namespace.", "Give the PID of a process inside: Get-NamespaceProcess lists them.");

    private static DescriptorHandle OpenDirectory(string path)
    {
        Descriptor directory = Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), LibC.O_PATH);
        if (!directory.IsOpen)
        {
            LinuxException.ThrowLast("open", SafeText.Escape(path));
        }

        return new DescriptorHandle(directory);
    }
}
