using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.ControlGroups;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Start.Groups;

/// <summary>
/// The place where the control group of a child can be: beside the session's own group. A group with processes of its own, as the session's is,
/// can hand no controllers on to groups below it; only the root of the hierarchy is free of this rule.
/// </summary>
/// <param name="Tree">The hierarchy.</param>
/// <param name="Own">The directory of the session's group.</param>
internal sealed record GroupPlace(ControlGroupTree Tree, string Own)
{
    private const string BootRemedy =
        "Boot with the kernel parameters cgroup_no_v1=all systemd.unified_cgroup_hierarchy=1, or use a distribution that has version 2 by default. -ResourceLimit limits single processes everywhere.";

    /// <summary>The directory of which the child's group becomes part.</summary>
    internal string Parent => Own == Tree.MountPoint ? Own : Path.GetDirectoryName(Own)!;

    /// <summary>The place on this machine.</summary>
    /// <exception cref="NamespaceException">ControlGroupsNotSupported.</exception>
    internal static GroupPlace Find(ControlGroupLimits limits)
    {
        string? group = KernelFile.TryRead("/proc/self/cgroup") is string text ? ControlGroupTree.GroupOf(text) : null;
        ControlGroupTree? tree = group is null ? null : ControlGroupTree.Find(group);
        return Create(tree, tree?.FolderOf(group!), limits, KernelFile.TryRead("/proc/cgroups") ?? string.Empty);
    }

    /// <summary>The same with what is on a machine.</summary>
    /// <param name="tree">The mount of the hierarchy; null for none.</param>
    /// <param name="own">The directory of the session's group.</param>
    /// <param name="limits">The limits that are wanted.</param>
    /// <param name="controllers">The text of /proc/cgroups, see cgroups(7).</param>
    internal static GroupPlace Create(ControlGroupTree? tree, string? own, ControlGroupLimits limits, string controllers)
    {
        string[] bound = [.. limits.Controllers.Where(controller => IsOfVersion1(controllers, controller))];
        if (bound.Length > 0)
        {
            throw NotSupported($"This machine has control groups of version 1 for {string.Join(", ", bound)}: limits need version 2.", BootRemedy);
        }

        if (tree is null || own is null)
        {
            throw NotSupported("No control groups of version 2 are mounted here, or the session's own group is out of sight: limits need them.", "Mount them: mount -t cgroup2 cgroup2 /sys/fs/cgroup");
        }

        return new GroupPlace(tree, own);
    }

    /// <summary>The reason for which the limits cannot be set here, as far as it can be seen without a change; null for none.</summary>
    internal NamespaceException? Forecast(ControlGroupLimits limits)
    {
        if (HasProcessesOfOthers)
        {
            return Populated();
        }

        IReadOnlyList<string> here = ControlGroupTree.ReadList(Parent, "cgroup.subtree_control");
        string? missing = limits.Controllers.Except(here).FirstOrDefault(controller => !ControlGroupTree.ReadList(Tree.MountPoint, "cgroup.controllers").Contains(controller));
        return missing is null ? null : NotDelegated(missing, Tree.MountPoint);
    }

    /// <summary>Hands the controllers on, from the top down, as far as that has not been done yet.</summary>
    /// <exception cref="NamespaceException">ControllerNotDelegated, ControlGroupRefused.</exception>
    internal void Delegate(ControlGroupLimits limits)
    {
        if (HasProcessesOfOthers)
        {
            throw Populated();
        }

        foreach (string controller in limits.Controllers)
        {
            NamespaceException? failure = Delegate(Parent, controller);
            if (failure is not null)
            {
                throw failure;
            }
        }

        // Memory and processor time are counted where that costs no privilege.
        _ = Delegate(Parent, "memory");
    }

    /// <summary>The words for a call that the kernel has refused.</summary>
    internal static NamespaceException Refused(string what, int errno, string path) => new(
        ErrorIds.ControlGroupRefused,
        $"{what}: '{SafeText.Escape(path)}'.",
        errno is LibC.EACCES or LibC.EPERM or LibC.EROFS
            ? "Run as root, or have the group above this session's delegated to you, as cgroups(7) describes. A hierarchy that is mounted read-only cannot be changed by anybody."
            : null,
        new LinuxException(errno, "write", SafeText.Escape(path)));

    // A container sees its own group as the root of the hierarchy, but the rule about processes holds for it.
    private bool HasProcessesOfOthers => Own == Tree.MountPoint && File.Exists(Path.Combine(Own, "cgroup.type"));

    private NamespaceException Populated() => new(
        ErrorIds.ControlGroupRefused,
        $"The session's control group '{SafeText.Escape(Own)}' is the root here and has processes, so no limited group can be made below it.",
        "Move its processes into a group below first, in sh: mkdir /sys/fs/cgroup/init; for p in $(cat /sys/fs/cgroup/cgroup.procs); do echo $p >/sys/fs/cgroup/init/cgroup.procs; done");

    private NamespaceException? Delegate(string folder, string controller)
    {
        if (ControlGroupTree.ReadList(folder, "cgroup.subtree_control").Contains(controller))
        {
            return null;
        }

        if (!ControlGroupTree.ReadList(folder, "cgroup.controllers").Contains(controller))
        {
            NamespaceException? failure = folder == Tree.MountPoint ? NotDelegated(controller, folder) : Delegate(Path.GetDirectoryName(folder)!, controller);
            if (failure is not null)
            {
                return failure;
            }
        }

        return ControlGroupTree.Write(folder, "cgroup.subtree_control", "+" + controller) switch
        {
            0 => null,
            LibC.EBUSY => Refused($"The controller {controller} could not be handed on by a group that has processes", LibC.EBUSY, folder),
            int errno => NotDelegated(controller, folder, new LinuxException(errno, "write", SafeText.Escape(folder) + "/cgroup.subtree_control")),
        };
    }

    /// <summary>A controller that a group does not have.</summary>
    internal static NamespaceException NotDelegated(string controller, string folder, LinuxException? failure = null) => new(
        ErrorIds.ControllerNotDelegated,
        $"The controller {controller} is not available to this session in the control group '{SafeText.Escape(folder)}'.",
        $"Run as root; or let systemd delegate it (systemctl edit user@.service: [Service] Delegate=cpu cpuset io memory pids), or write +{controller} into cgroup.subtree_control of the groups above.",
        failure);

    private static NamespaceException NotSupported(string message, string remedy) => new(ErrorIds.ControlGroupsNotSupported, message, remedy);

    // Lines of name, hierarchy, groups, enabled; hierarchy 0 is version 2 or none.
    private static bool IsOfVersion1(string controllers, string controller) => controllers.Split('\n')
        .Select(line => line.Split('\t'))
        .Any(fields => fields.Length > 1 && fields[0] == (controller == "io" ? "blkio" : controller) && fields[1] != "0");
}
