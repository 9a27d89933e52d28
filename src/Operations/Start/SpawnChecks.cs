using System;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Start;

/// <summary>What the session makes sure of before a child goes on to its program.</summary>
internal static class SpawnChecks
{
    /// <summary>Each namespace joined is the one wanted, whatever the calls said.</summary>
    internal static void Joined(SpawnGate gate, SpawnRequest request)
    {
        foreach (JoinedNamespace wanted in request.Join)
        {
            ulong inode = NamespaceLink.ParseInode(gate.ReadResult(SpawnResult.NamespaceLinks + (int)wanted.Type));
            if (inode != wanted.Handle.Inode)
            {
                throw new NamespaceException(
                    "JoinRefused",
                    $"The child could not join {wanted}; it is in {wanted.Type.KernelName()}:[{inode}].",
                    "Joining needs CAP_SYS_ADMIN in the user namespace that owns the target: run as root, or join that user namespace too.");
            }
        }
    }

    /// <summary>Who the child is, seen from outside: what a joined user namespace makes of it is not known beforehand.</summary>
    internal static uint? ReadUserId(int processId)
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        if (!ProcessDirectory.TryOpen(proc, processId, out ProcessDirectory process))
        {
            return null;
        }

        using (process)
        {
            byte[] text = new byte[ProcessStatus.MaxSize];
            return process.TryReadFile("status\0"u8, text, out int length) && ProcessStatus.TryParse(text.AsSpan(0, length), out ProcessStatus status)
                ? status.UserId
                : null;
        }
    }

    /// <summary>A magic link such as /proc/1/cwd may lead out of a root.</summary>
    internal static void WorkingDirectory(SpawnGate gate, SpawnRequest request)
    {
        // The kernel begins the name of an unreachable one with "(unreachable)". Nothing: there is no name, and so no proof.
        byte[] name = gate.ReadResult(SpawnResult.WorkingDirectory);
        if (name.Length == 0 || name[0] != (byte)'/')
        {
            throw new NamespaceException(
                "WorkingDirectoryOutsideRoot",
                $"The working directory '{SafeText.Escape(request.WorkingDirectory!)}' leads out of the root{(request.Root is null ? string.Empty : $" '{SafeText.Escape(request.Root)}'")}.",
                "Name a directory inside of the root.");
        }
    }
}
