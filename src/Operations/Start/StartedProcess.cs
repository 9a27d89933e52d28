using System;
using System.IO;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;

namespace LinuxNamespaces.Operations.Start;

/// <summary>Makes the public object of a program that was started.</summary>
internal static class StartedProcess
{
    internal static NamespaceProcess Create(ChildProcess child, SpawnPlan plan, ChildReport report, uint? userId)
    {
        ulong[] inodes = new ulong[NamespaceTypes.Count];
        for (int i = 0; i < inodes.Length; i++)
        {
            // Types that are neither new nor joined are inherited from this thread. A new one that was not read is not known.
            ulong inode = report.ReadInode((NamespaceType)i);
            inodes[i] = inode != 0 || plan.Request.Types.Contains((NamespaceType)i) ? inode : ThreadNamespaces.ReadInherited((NamespaceType)i);
        }

        return new NamespaceProcess
        {
            Child = child,
            Id = child.Id,
            ParentId = Environment.ProcessId,
            Program = Path.GetFileName(plan.Programs[0]),
            CommandLine = SafeText.Escape(string.Join(' ', plan.Arguments)),
            UserId = userId ?? OuterUserId(plan.Request),
            StartTime = DateTime.Now,
            NamespacePid = report.SecondProcessInnerId != 0 ? report.SecondProcessInnerId : plan.Request.Types.Contains(NamespaceType.Pid) ? 1 : child.Id,
            Inodes = inodes,
        };
    }

    private static uint OuterUserId(SpawnRequest request)
    {
        uint own = LibC.geteuid();
        return request.UserId is not uint inside ? request.Owner?.UserId ?? own : request.UserMap?.ToOuter(inside) ?? inside;
    }
}
