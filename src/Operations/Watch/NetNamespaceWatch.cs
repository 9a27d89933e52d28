using System;
using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Operations.Watch;

/// <summary>
/// Watches the names of net namespaces and the ids ours has for others. A name is a file (inotify reports it) with a
/// namespace bound on it (poll on the mount table reports it); ids come as netlink notifications. Nothing is missed
/// between two calls.
/// </summary>
internal sealed unsafe class NetNamespaceWatch : IDisposable
{
    private const uint DirectoryEvents = LibC.IN_CREATE | LibC.IN_DELETE | LibC.IN_MOVED_FROM | LibC.IN_MOVED_TO;

    private readonly Inotify _inotify;
    private readonly WakeUp _wakeUp;
    private readonly Descriptor _mounts = Descriptor.None;
    private readonly NetlinkSocket _notifications;
    private readonly NetNsIds _ids;
    private readonly int _parentWatch;
    private readonly Dictionary<string, NamespaceIdentity> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string?> _namesById = [];

    // Files that have been made, and may get a namespace bound on them.
    private readonly HashSet<string> _pending = new(StringComparer.Ordinal);
    private readonly List<NamespaceEvent> _events = [];
    private int _directoryWatch = -1;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal NetNamespaceWatch()
    {
        try
        {
            _inotify = new Inotify();
            _wakeUp = new WakeUp();
            _mounts = Descriptor.OpenAt(LibC.AT_FDCWD, MountInfo.OwnTable, LibC.O_RDONLY);
            _ids = new NetNsIds();
            _notifications = NetlinkSocket.Open();
            _notifications.Subscribe(LibC.RTNLGRP_NSID);
        }
        catch
        {
            Dispose();
            throw;
        }

        // The directory may not be there yet, or go and come again.
        _parentWatch = _inotify.Watch("/run", LibC.IN_CREATE | LibC.IN_MOVED_TO);
        WatchDirectory();
    }

    /// <summary>Reads the names and ids at the start; to be called first.</summary>
    internal IReadOnlyList<NamespaceEvent> ReadExisting()
    {
        foreach ((string name, NamespaceIdentity identity) in ReadNames())
        {
            _names.Add(name, identity);
            int? id = FindId(name);
            if (id is int assigned)
            {
                _namesById[assigned] = name;
            }

            Report(NamespaceChange.Existing, name, identity, id);
        }

        foreach (int id in _ids.ReadAll())
        {
            if (_namesById.TryAdd(id, null))
            {
                Report(NamespaceChange.Existing, null, null, id);
            }
        }

        return TakeEvents();
    }

    /// <summary>
    /// Waits for changes, at most so long (-1: for ever); empty where time is up, it was woken, or what happened
    /// is of no interest.
    /// </summary>
    internal IReadOnlyList<NamespaceEvent> Wait(int milliseconds)
    {
        LibC.pollfd* files = stackalloc LibC.pollfd[4];
        files[0] = new LibC.pollfd { fd = _wakeUp.Descriptor, events = LibC.POLLIN };
        files[1] = new LibC.pollfd { fd = _inotify.Descriptor, events = LibC.POLLIN };
        files[2] = new LibC.pollfd { fd = _mounts.Number, events = LibC.POLLPRI };
        files[3] = new LibC.pollfd { fd = _notifications.Descriptor, events = LibC.POLLIN };
        if (LibC.poll(files, 4, milliseconds) <= 0 || files[0].revents != 0)
        {
            return [];
        }

        bool lookAgain = TakeDirectoryEvents();
        if (lookAgain || files[2].revents != 0)
        {
            CompareNames();
        }

        if (files[3].revents != 0)
        {
            TakeIds();
        }

        return TakeEvents();
    }

    /// <summary>Ends a wait, from any thread.</summary>
    internal void Wake() => _wakeUp.Signal();

    public void Dispose()
    {
        // Some are not there where the constructor failed.
        _inotify?.Dispose();
        _mounts.Dispose();
        _notifications?.Dispose();
        _ids?.Dispose();
        _wakeUp?.Dispose();
    }

    private void WatchDirectory()
    {
        if (_directoryWatch < 0)
        {
            _directoryWatch = _inotify.Watch(NetNamespaceDirectory.Location, DirectoryEvents);
        }
    }

    // In their order, so that a name that goes and comes again is two changes. True where it takes a full look.
    private bool TakeDirectoryEvents()
    {
        bool lookAgain = false;
        foreach (InotifyEvent happened in _inotify.Read())
        {
            if ((happened.Mask & LibC.IN_Q_OVERFLOW) != 0)
            {
                lookAgain = true;
            }
            else if (happened.Watch == _parentWatch)
            {
                WatchDirectory();
                lookAgain = true;
            }
            else if ((happened.Mask & LibC.IN_IGNORED) != 0)
            {
                _directoryWatch = -1;
                lookAgain = true;
            }
            else if ((happened.Mask & (LibC.IN_CREATE | LibC.IN_MOVED_TO)) != 0)
            {
                // A look that came before this news may have found it: then it is no more to be expected.
                if (!_names.ContainsKey(happened.Name))
                {
                    _pending.Add(happened.Name);
                }

                lookAgain = true;
            }
            else
            {
                TakeDeletion(happened.Name);
            }
        }

        return lookAgain;
    }

    private void TakeDeletion(string name)
    {
        if (_names.Remove(name, out NamespaceIdentity identity))
        {
            Report(NamespaceChange.Removed, name, identity);
        }
        else if (_pending.Remove(name))
        {
            // Made and removed between two looks: nobody can say any more what it was.
            Report(NamespaceChange.Added, name, null);
            Report(NamespaceChange.Removed, name, null);
        }
    }

    private void CompareNames()
    {
        Dictionary<string, NamespaceIdentity> now = ReadNames().ToDictionary(StringComparer.Ordinal);
        foreach ((string name, NamespaceIdentity identity) in _names)
        {
            if (!now.TryGetValue(name, out NamespaceIdentity current) || current.Inode != identity.Inode)
            {
                _names.Remove(name);
                Report(NamespaceChange.Removed, name, identity);
            }
        }

        foreach ((string name, NamespaceIdentity identity) in now)
        {
            if (_names.TryAdd(name, identity))
            {
                _pending.Remove(name);
                Report(NamespaceChange.Added, name, identity, FindId(name));
            }
        }
    }

    private void TakeIds()
    {
        List<NetNsIdMessage> messages = [];
        if (!_notifications.Receive(NetNsIdMessage.Parse, messages))
        {
            // Some notifications were lost: the current ids show the rest.
            List<int> now = _ids.ReadAll();
            messages.AddRange(_namesById.Keys.Except(now).Select(id => new NetNsIdMessage(id, IsRemoved: true)));
            messages.AddRange(now.Select(id => new NetNsIdMessage(id, IsRemoved: false)));
        }

        foreach (NetNsIdMessage message in messages)
        {
            if (message.IsRemoved && _namesById.Remove(message.Id, out string? last))
            {
                Report(NamespaceChange.IdReleased, last, null, message.Id);
            }
            else if (!message.IsRemoved && !_namesById.ContainsKey(message.Id))
            {
                string? name = _names.Keys.FirstOrDefault(candidate => FindId(candidate) == message.Id);
                _namesById.Add(message.Id, name);
                Report(NamespaceChange.IdAssigned, name, name is null ? null : _names[name], message.Id);
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, NamespaceIdentity>> ReadNames()
    {
        foreach (string name in NetNamespaceDirectory.ReadNames())
        {
            if (NetNamespaceList.TryIdentify(name, out NamespaceIdentity identity))
            {
                yield return new(name, identity);
            }
        }
    }

    private int? FindId(string name)
    {
        try
        {
            using NamespaceHandle handle = NetNamespaceList.Open(name);
            return _ids.Find(handle);
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            return null;
        }
    }

    private void Report(NamespaceChange change, string? name, NamespaceIdentity? identity, int? id = null) => _events.Add(new NamespaceEvent
    {
        Time = DateTime.Now,
        Change = change,
        Type = NamespaceType.Net,
        Name = name is null ? null : SafeText.Escape(name),
        Inode = identity?.Inode,
        NamespaceId = identity?.NamespaceId,
        NetNsId = id,
    });

    private NamespaceEvent[] TakeEvents()
    {
        NamespaceEvent[] taken = [.. _events];
        _events.Clear();
        return taken;
    }
}
