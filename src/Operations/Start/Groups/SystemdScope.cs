using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.ControlGroups;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Life;

namespace LinuxNamespaces.Operations.Start.Groups;

/// <summary>
/// Control groups where systemd manages the hierarchy: a transient scope, made by the method StartTransientUnit of systemd's own interface on D-Bus. Root asks
/// the manager of the system, everybody else the manager of their own user, which the administrator has delegated controllers to. busctl, a part
/// of systemd, speaks D-Bus.
/// </summary>
internal static class SystemdScope
{
    private const string Booted = "/run/systemd/system";
    private const int MostMilliseconds = 10_000;
    private const int LookMilliseconds = 2;

    private static int s_count;

    /// <summary>Whether systemd runs this machine, by the rule of sd_booted(3).</summary>
    internal static bool IsInCharge => Directory.Exists(Booted);

    /// <summary>Makes a scope with the waiting child in it.</summary>
    /// <exception cref="NamespaceException">ControlGroupRefused, ControllerNotDelegated.</exception>
    internal static ControlGroup Make(SpawnGate gate, GroupPlace place, ControlGroupLimits limits)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"linuxnamespaces-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}.scope");
        GroupKeeper keeper = GroupKeeper.Start(gate);
        try
        {
            Call(gate, Words(name, [gate.ProcessId, keeper.ProcessId], limits, LibC.geteuid() == 0));
            string folder = AwaitMove(gate, place.Tree, name);
            Descriptor directory = Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(folder + '\0'), LibC.O_RDONLY);
            if (!directory.IsOpen)
            {
                throw GroupPlace.Refused("The control group of systemd's scope cannot be opened", Kernel.Errors.Errno.Last, folder);
            }

            ControlGroup group = new(folder, directory, keeper);
            try
            {
                Check(group, limits);
                return group;
            }
            catch
            {
                group.Dispose();
                throw;
            }
        }
        catch
        {
            keeper.Dispose();
            throw;
        }
    }

    /// <summary>The words for busctl. The keeper is one process more than those the limit is for.</summary>
    internal static IReadOnlyList<string> Words(string name, IReadOnlyList<int> processes, ControlGroupLimits limits, bool isRoot)
    {
        List<string> properties = [];
        int count = 0;
        Add("Description s", "A program limited by LinuxNamespaces");
        Add("CollectMode s", "inactive-or-failed");
        Add("Delegate b", "true");
        Add("MemoryAccounting b", "true");
        Add("CPUAccounting b", "true");
        Add("PIDs au", [Text(processes.Count), .. processes.Select(process => Text(process))]);
        if (limits.Memory is long memory)
        {
            Add("MemoryMax t", Text(memory));
            Add("MemorySwapMax t", "0");
        }

        if (limits.Processors is not null)
        {
            Add("CPUQuotaPerSecUSec t", limits.ProcessorTime.ToString(CultureInfo.InvariantCulture));
        }

        if (limits.Processes is long most)
        {
            Add("TasksMax t", Text(most + 1));
        }

        if (limits.IoWeight is int weight)
        {
            Add("IOWeight t", Text(weight));
        }

        return
        [
            isRoot ? "--system" : "--user", "--quiet", "call", "org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager",
            .. "StartTransientUnit ssa(sv)a(sa(sv))".Split(' '), name, "fail", Text(count), .. properties, "0",
        ];

        // The name and the type of a property, and its value.
        void Add(string property, params string[] value)
        {
            properties.AddRange([.. property.Split(' '), .. value]);
            count++;
        }
    }

    private static void Call(SpawnGate gate, IReadOnlyList<string> words)
    {
        using Pipe output = Pipe.Create();
        ChildProcess program;
        try
        {
            program = gate.StartHelper("busctl", words, output.Writing);
        }
        catch (NamespaceException exception) when (exception.ErrorId is ErrorIds.ProgramNotFound or ErrorIds.ProgramNotExecutable)
        {
            throw new NamespaceException(ErrorIds.ControlGroupRefused, $"systemd manages the control groups here, and busctl, which asks it for one, could not be started: {exception.Message}", "Install systemd's programs completely; busctl must be in PATH.", exception);
        }

        output.Writing.Dispose();
        try
        {
            using CancellationTokenRegistration stop = gate.Cancellation.Register(() => program.Send(LibC.SIGKILL));
            using StreamReader reader = new(new FileStream(output.Reading, FileAccess.Read, bufferSize: 0));
            string complaint = reader.ReadToEnd().Trim();
            program.Wait(Timeout.InfiniteTimeSpan, null);
            gate.Cancellation.ThrowIfCancellationRequested();

            // Its exit code need not be known, where another has waited for it.
            if (program.ExitCode is not (0 or null))
            {
                throw new NamespaceException(
                    ErrorIds.ControlGroupRefused,
                    $"systemd refused a scope for the program: {SafeText.Escape(complaint)}",
                    "An ordinary user needs a running user manager and its bus: systemctl --user status; loginctl enable-linger USER starts the manager, and XDG_RUNTIME_DIR must be /run/user/UID.");
            }
        }
        finally
        {
            program.Destroy();
        }
    }

    // The answer comes when systemd has begun; the move is done when the group of the process has the name.
    private static string AwaitMove(SpawnGate gate, ControlGroupTree tree, string name)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{gate.ProcessId}/cgroup");
        long deadline = Environment.TickCount64 + MostMilliseconds;
        while (true)
        {
            gate.Cancellation.ThrowIfCancellationRequested();
            string? group = ControlGroupTree.GroupOf(Read(path));
            if (group?.EndsWith("/" + name, StringComparison.Ordinal) == true)
            {
                return tree.FolderOf(group) ?? throw GroupPlace.Refused("The control group of systemd's scope is out of sight", LibC.ENOENT, group);
            }

            if (Environment.TickCount64 > deadline)
            {
                throw new NamespaceException(ErrorIds.ControlGroupRefused, $"systemd did not move the program into {name} within {MostMilliseconds / 1000} seconds.", $"systemctl status {name} says why.");
            }

            Thread.Sleep(LookMilliseconds);
        }
    }

    // Somebody may have killed the child meanwhile.
    private static string Read(string path) => KernelFile.TryRead(path) ?? throw new LinuxException(LibC.ESRCH, "open", path);

    // systemd leaves out without a word what a group has no controller for.
    private static void Check(ControlGroup group, ControlGroupLimits limits)
    {
        foreach (ControlGroupSetting setting in limits.Settings)
        {
            if (!setting.IsOptional && !group.Has(setting.File) && !(setting.OrElse is ControlGroupSetting other && group.Has(other.File)))
            {
                throw GroupPlace.NotDelegated(setting.Controller, group.Path);
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
