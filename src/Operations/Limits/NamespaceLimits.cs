using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Find;

namespace LinuxNamespaces.Operations.Limits;

/// <summary>Limits of our user namespace, and what counts against them.</summary>
internal static class NamespaceLimits
{
    /// <summary>The limits of the types this kernel has.</summary>
    /// <exception cref="LinuxException">A limit cannot be read, or there is no usable /proc.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal static IEnumerable<NamespaceLimit> Read(IEnumerable<NamespaceType> types, Action<string, int, int>? progress, CancellationToken cancellation)
    {
        RequireSysctls();
        InventoryResult found = NamespaceInventory.Read(new InventoryOptions { Sources = NamespaceSource.All, OtherMounts = true, Progress = progress }, cancellation);
        Dictionary<ulong, NamespaceInfo> users = found.Namespaces.Where(ns => ns.Type == NamespaceType.User).ToDictionary(ns => ns.Inode);
        UserDatabase names = new();
        foreach (NamespaceType type in types)
        {
            if (NamespaceSysctl.Read(type) is not long limit)
            {
                continue;
            }

            List<(string Name, int Count)> owners =
            [
                .. found.Namespaces.Where(ns => ns.Type == type && !ns.IsInitial)
                    .Select(ns => PayerOf(ns, users)).OfType<uint>()
                    .GroupBy(userId => userId).Select(group => (names.NameOf(group.Key), group.Count()))
                    .OrderByDescending(owner => owner.Item2).ThenBy(owner => owner.Item1, StringComparer.Ordinal),
            ];
            yield return new NamespaceLimit
            {
                Type = type,
                Limit = limit,
                InUse = owners.Sum(owner => owner.Count),
                InUseBy = owners.Count == 0 ? null : string.Join(", ", owners.Select(owner => string.Create(CultureInfo.InvariantCulture, $"{owner.Name} {owner.Count}"))),
                Left = Math.Max(0, limit - (owners.Count == 0 ? 0 : owners[0].Count)),
                Sysctl = NamespaceSysctl.NameOf(type),
            };
        }
    }

    /// <summary>Sets a limit until the next boot.</summary>
    /// <exception cref="NamespaceException">LimitRefused, LimitInvalid, TypeNotSupported, or ProcNotMounted.</exception>
    internal static void Set(NamespaceType type, long limit)
    {
        // Without /proc no kernel seems to know any type.
        ProcFileSystem.Open().Dispose();
        RequireSysctls();
        if (NamespaceSysctl.Read(type) is null)
        {
            throw new NamespaceException(ErrorIds.TypeNotSupported, $"This kernel has no {type.KernelName()} namespaces.");
        }

        try
        {
            NamespaceSysctl.Write(type, limit);
        }
        catch (LinuxException exception)
        {
            throw Errno.IsDenied(exception.NativeErrorCode)
                ? new NamespaceException(
                    ErrorIds.LimitRefused, $"{NamespaceSysctl.NameOf(type)} may not be changed.", "It takes CAP_SYS_RESOURCE in the user namespace: run as root.", exception)
                : new NamespaceException(
                    ErrorIds.LimitInvalid, string.Create(CultureInfo.InvariantCulture, $"{limit} is not a valid limit."), "Give a number from 0 to 2147483647.", exception);
        }
    }

    // Where there is a /proc without /proc/sys, no kernel seems to know any type either.
    private static void RequireSysctls()
    {
        if (!Directory.Exists("/proc/sys/user") && Directory.Exists("/proc/self"))
        {
            throw new NamespaceException(
                ErrorIds.ProcNotMounted, "The /proc here shows processes only (its mount option subset=pid): there are no limits in it.", "Mount another one: mount -t proc proc /proc");
        }
    }

    // The kernel counts a namespace against its maker, and against the makers of all user namespaces above it. In
    // ours that is the maker of the one just below; null where its line does not lead here.
    private static uint? PayerOf(NamespaceInfo ns, Dictionary<ulong, NamespaceInfo> users)
    {
        ulong? inode = ns.Type == NamespaceType.User ? ns.ParentInode : ns.OwnerInode;
        uint? payer = ns.Type == NamespaceType.User ? ns.OwnerUserId : 0;
        for (int depth = 0; depth <= MaxDepth && inode is ulong owner && users.TryGetValue(owner, out NamespaceInfo? user); depth++)
        {
            if (user.IsCurrent)
            {
                return payer;
            }

            payer = user.OwnerUserId;
            inode = user.ParentInode;
        }

        return null;
    }

    // The kernel nests 32 deep.
    private const int MaxDepth = 33;
}
