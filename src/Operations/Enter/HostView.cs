using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>
/// A private copy of a target's mount namespace with this session's PowerShell in it. Its root is a small file system of its own, onto which every entry of the
/// target's root is bound, and one directory more. The target itself sees nothing of that.
/// </summary>
internal sealed unsafe class HostView : IDisposable
{
    private static readonly string[] s_homes = ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"];
    private static readonly string[] s_devices = ["urandom", "random", "null", "zero", "full", "tty"];

    private const uint ReadOnly = LibC.MOUNT_ATTR_RDONLY | LibC.MOUNT_ATTR_NOSUID | LibC.MOUNT_ATTR_NODEV;

    private readonly CallList _list = new();
    private readonly HostCalls _calls;
    private readonly HostTrees _trees;
    private readonly IReadOnlyList<string> _modules;
    private readonly IReadOnlyDictionary<string, string> _loaded;
    private readonly string _home;
    private readonly string? _runtime;
    private CallList.Slot _root;
    private CallList.Slot _private;

    private HostView(string home, IReadOnlyList<string> modules, IReadOnlyDictionary<string, string> loaded, bool isByChild)
    {
        _home = home;
        _trees = new HostTrees(_list, isByChild);
        _calls = new HostCalls(_list, isByChild);
        string shared = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        _runtime = shared == home ? null : Path.GetFullPath(Path.Combine(shared, "../../.."));
        _modules = [.. modules.Where(folder => folder.StartsWith('/') && Directory.Exists(folder) && !folder.StartsWith(home + "/", StringComparison.Ordinal)).Distinct()];
        _loaded = loaded.Where(module => !_modules.Append(home).Any(folder => module.Value.StartsWith(folder + "/", StringComparison.Ordinal))).ToDictionary();
    }

    /// <summary>The variables that a PowerShell needs to find its files there, and to write its own out of sight, NAME=VALUE.</summary>
    internal IReadOnlyList<string> Environment =>
    [
        .. _runtime is null ? (string[])[] : [$"DOTNET_ROOT={HostProgram.Directory}/dotnet"],
        $"PSModulePath={string.Join(':', _modules.Select((_, index) => $"{HostProgram.Directory}/modules{index}").Append($"{HostProgram.Directory}/loaded"))}",
        .. s_homes.Select(name => $"{name}={HostProgram.Directory}/home"),
    ];

    /// <summary>The variables that serve only its start.</summary>
    internal static IReadOnlyList<string> StartEnvironment { get; } =
    [
        "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1", "DOTNET_LTTng=0", "LD_PRELOAD=", "LD_LIBRARY_PATH=", "LD_AUDIT=",
    ];

    /// <summary>Makes one, and lets a join lead into it.</summary>
    /// <param name="join">Joins the target's mount namespace; of the view from now on.</param>
    /// <param name="program">The program that starts PowerShell.</param>
    /// <param name="home">PowerShell's own folder.</param>
    /// <param name="modules">Further folders with modules.</param>
    /// <param name="loaded">Modules that are loaded here, by name, with their folders.</param>
    /// <exception cref="NamespaceException">HostPowerShellRefused: the kernel or the caller's rights do not allow it, or the target is odd.</exception>
    internal static HostView Create(TargetJoin join, string program, string home, IReadOnlyList<string> modules, IReadOnlyDictionary<string, string> loaded)
    {
        try
        {
            try
            {
                using HostView view = new(home, modules, loaded, isByChild: false);
                return view.Replace(join, program);
            }
            catch (LinuxException exception) when (exception.NativeErrorCode is LibC.EPERM or LibC.EACCES && join.Joins(NamespaceType.User))
            {
                // The rights of the target's user namespace may do what the session's own do not.
                using HostView view = new(home, modules, loaded, isByChild: true);
                return view.Replace(join, program);
            }
        }
        catch (LinuxException exception)
        {
            throw Refused(exception.Message, exception);
        }
        catch (NamespaceException exception) when (exception.ErrorId != ErrorIds.HostPowerShellRefused)
        {
            throw Refused(exception.Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(exception.Message, exception);
        }
    }

    /// <summary>The path there of a file of PowerShell or .NET here.</summary>
    internal string Map(string path) =>
        path.StartsWith(_home + "/", StringComparison.Ordinal) ? $"{HostProgram.Directory}/pwsh{path[_home.Length..]}"
        : _runtime is not null && path.StartsWith(_runtime + "/", StringComparison.Ordinal) ? $"{HostProgram.Directory}/dotnet{path[_runtime.Length..]}"
        : path;

    public void Dispose()
    {
        _trees.Dispose();
        _list.Dispose();
    }

    private HostView Replace(TargetJoin join, string program)
    {
        join.Replace(NamespaceType.Mnt, Build(join, program));
        return this;
    }

    private static NamespaceException Refused(string reason, Exception? inner = null) =>
        new(ErrorIds.HostPowerShellRefused, $"The PowerShell of this session could not be brought there: {reason}", "It needs Linux 5.12, and CAP_SYS_ADMIN in this session's own mount namespace or in the user namespace of the target.", inner);

    private NamespaceHandle Build(TargetJoin join, string program)
    {
        NamespaceHandle mounts = join.Namespaces.First(ns => ns.Type == NamespaceType.Mnt).Handle;
        using InsideRoot root = InsideRoot.TryOpen(join) ?? throw Refused("its root directory cannot be looked at.");
        IReadOnlyList<InsideEntry> entries = root.ReadEntries("/");
        if (entries.Any(entry => "/" + entry.Name == HostProgram.Directory))
        {
            throw Refused($"there is a {HostProgram.Directory} already.");
        }

        AddRoot();
        foreach (InsideEntry entry in entries)
        {
            if (entry.Name != "dev" || !entry.IsDirectory)
            {
                _calls.AddEntry(_root, "/", entry);
            }
        }

        AddDevices(entries.FirstOrDefault(entry => entry.Name == "dev"), root);
        AddMissing(entries, root, join.Namespaces.FirstOrDefault(ns => ns.Type == NamespaceType.Pid)?.Handle);
        AddPrivate(program, root.Exists("/etc/passwd"));
        _calls.Add("/", null, SystemCallNumber.fchdir, _root);
        _calls.Add("/", null, SystemCallNumber.chroot, CallList.Text("."));
        _calls.Add("/", null, LibC.SYS_mount_setattr, _root, CallList.Text(""), LibC.AT_EMPTY_PATH, HostTrees.Attributes(LibC.MOUNT_ATTR_RDONLY), sizeof(LibC.mount_attr));
        if (!_trees.IsByChild)
        {
            return Run(mounts, root);
        }

        _calls.Add("wait", null, SystemCallNumber.mknodat, _private, CallList.Text("wait"), LibC.S_IFIFO | 0x180, 0);
        return HostViewChild.Run(join, root, entries, _trees.Outside, _list);
    }

    private NamespaceHandle Run(NamespaceHandle mounts, InsideRoot root)
    {
        CallList.Program program = _list.Prepare();
        try
        {
            using NamespaceThread thread = new();
            return thread.Run(() =>
            {
                NamespaceHandle view = thread.CopyMounts(mounts, root.IsCurrent, program.Run);
                if (program.Failed < 0)
                {
                    return view;
                }

                view.Dispose();
                throw new LinuxException(program.Error, "mount", _list.SubjectOf(program.Failed));
            });
        }
        finally
        {
            program.CloseAll();
        }
    }

    private void AddRoot()
    {
        _root = _calls.AddTmpfs("/", "64k");
        _calls.Move(_root, LibC.AT_FDCWD, "/", "/");
    }

    // A private view may have what the target lacks and PowerShell needs.
    private void AddMissing(IReadOnlyList<InsideEntry> entries, InsideRoot root, NamespaceHandle? processes)
    {
        // Seen from here /proc/self leads nowhere in another pid namespace, in which the child will be.
        bool hasProc = root.HasProc();
        if (hasProc && (processes is not null || root.Exists("/proc/self")))
        {
            return;
        }

        InsideEntry? directory = entries.FirstOrDefault(entry => entry.Name == "proc");
        if (!hasProc && directory is not null && (!directory.IsDirectory || root.ReadEntries("/proc").Count > 0))
        {
            throw Refused("what it has at /proc is not of the kernel.");
        }

        if (directory is null)
        {
            _calls.MakePoint(_root, "proc", isDirectory: true);
        }

        CallList.Argument? own = processes is null ? null : _trees.TryOpenProc(processes);
        _calls.Move(own ?? _trees.Open("/proc", LibC.MOUNT_ATTR_NOSUID | LibC.MOUNT_ATTR_NODEV), _root, "proc", "proc");
    }

    // Without random numbers there is no PowerShell. A directory of one's own, with all that the target's has.
    private void AddDevices(InsideEntry? directory, InsideRoot root)
    {
        string[] devices = [.. s_devices.Where(name => !root.Exists("/dev/" + name))];
        if (directory is { IsDirectory: true } && !devices.Contains("urandom"))
        {
            _calls.AddEntry(_root, "/", directory);
            return;
        }

        if (directory is { IsDirectory: false })
        {
            return;
        }

        _calls.MakePoint(_root, "dev", isDirectory: true);
        CallList.Slot own = _calls.AddTmpfs("dev", "64k");
        _calls.Move(own, _root, "dev", "dev");
        foreach (InsideEntry entry in directory is null ? [] : root.ReadEntries("/dev"))
        {
            _calls.AddEntry(own, "/dev/", entry);
        }

        foreach (string device in devices)
        {
            _calls.MakePoint(own, device, isDirectory: false);
            _calls.Move(_trees.Open("/dev/" + device, LibC.MOUNT_ATTR_NOSUID), own, device, device);
        }
    }

    private void AddPrivate(string program, bool hasAccounts)
    {
        string name = HostProgram.Directory[1..];
        _calls.MakePoint(_root, name, isDirectory: true);
        _private = _calls.AddTmpfs(name, "32m");
        _calls.Move(_private, _root, name, name);
        AddFolder(_home, "pwsh");
        if (_runtime is not null)
        {
            AddFolder(_runtime, "dotnet");
        }

        for (int i = 0; i < _modules.Count; i++)
        {
            AddFolder(_modules[i], "modules" + i);
        }

        _calls.Add("loaded", null, SystemCallNumber.mkdirat, _private, CallList.Text("loaded"), HostCalls.DirectoryMode);
        foreach ((string module, string folder) in _loaded)
        {
            AddFolder(folder, "loaded/" + module);
        }

        (byte[] redirected, string loader) = HostProgram.Redirect(File.ReadAllBytes(program));
        _calls.AddFile(_private, HostProgram.LoaderName, HostProgram.Confine(File.ReadAllBytes(loader)));
        _calls.AddFile(_private, "program", redirected);
        foreach ((string library, string path) in HostProgram.FindLibraries([_home, .. _runtime is null ? (string[])[] : [_runtime]]))
        {
            if (library == "libc.so.6" && !hasAccounts)
            {
                _calls.AddFile(_private, library, HostProgram.WithoutAccounts(File.ReadAllBytes(path)));
                _calls.AddFile(_private, "passwd", "root:x:0:0:root:/:/bin/sh\n"u8.ToArray());
            }
            else if (!library.StartsWith("ld-", StringComparison.Ordinal))
            {
                _calls.MakePoint(_private, library, isDirectory: false);
                _calls.Move(_trees.Open(path, ReadOnly), _private, library, library);
            }
        }

        // Jobs start it by its path, and then get the same program.
        CallList.Slot tree = _list.NewSlot();
        _calls.Add(program, tree, LibC.SYS_open_tree, _private, CallList.Text("program"), LibC.OPEN_TREE_CLONE | LibC.O_CLOEXEC);
        _calls.Move(tree, _private, Map(program)[(HostProgram.Directory.Length + 1)..], program);
        foreach (string folder in new[] { "home", HostProgram.CacheFolder })
        {
            _calls.Add(folder, null, SystemCallNumber.mkdirat, _private, CallList.Text(folder), HostCalls.DirectoryMode);
            _calls.Add(folder, null, SystemCallNumber.fchmodat, _private, CallList.Text(folder), 0x3FF);
        }

        foreach ((string profile, byte[] content) in HostProgram.FindProfiles())
        {
            _calls.AddFile(_private, profile, content);
        }
    }

    private void AddFolder(string source, string name)
    {
        _calls.MakePoint(_private, name, isDirectory: true);
        _calls.Move(_trees.Open(source, ReadOnly), _private, name, name);
    }
}
