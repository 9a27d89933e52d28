using System;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>Makes the public object of a program that was started.</summary>
internal static class StartedProcess
{
    internal static NamespaceProcess Create(ChildProcess child, SpawnPlan plan, ChildProgram program, uint? userId)
    {
        using Descriptor own = Descriptor.OpenAt(LibC.AT_FDCWD, "/proc/thread-self/ns\0"u8, LibC.O_PATH);
        ProcessDirectory links = new(own, 0);
        ulong[] inodes = new ulong[NamespaceTypes.Count];
        for (int i = 0; i < inodes.Length; i++)
        {
            // What the child did not tell it has from this thread.
            byte[] link = program.ReadResult(SpawnResult.NamespaceLinks + i);
            inodes[i] = link.Length > 0 ? NamespaceLink.ParseInode(link) : ReadOwn(links, (NamespaceType)i);
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
            NamespacePid = program.SecondProcessInnerId != 0 ? program.SecondProcessInnerId : plan.Request.Types.Contains(NamespaceType.Pid) ? 1 : child.Id,
            Inodes = inodes,
        };
    }

    private static ulong ReadOwn(in ProcessDirectory links, NamespaceType type)
    {
        ulong forChildren = type switch
        {
            NamespaceType.Pid => links.ReadNamespaceInode("pid_for_children\0"u8),
            NamespaceType.Time => links.ReadNamespaceInode("time_for_children\0"u8),
            _ => 0,
        };
        return forChildren != 0 ? forChildren : links.ReadNamespaceInode(NamespaceLink.PathOf(type)["ns/".Length..]);
    }

    private static uint OuterUserId(SpawnRequest request)
    {
        uint own = LibC.geteuid();
        return request.UserId is not uint inside ? request.Owner?.UserId ?? own : request.UserMap?.ToOuter(inside) ?? inside;
    }
}
