using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Remote.Wire;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>Reads our objects back from what is left of them after remoting or a file: properties.</summary>
internal static class DeserializedObject
{
    /// <summary>The object itself says where it was read, and remoting where it came from.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">It came from another machine, or this one has started again since.</exception>
    internal static void RefuseOtherMachine(PSObject data)
    {
        (string machine, _, bool isOther, bool isOld) = ReadOrigin(data);
        if (isOther)
        {
            throw new ArgumentTransformationMetadataException(
                $"This object came from {machine}, where its numbers have another meaning than here. Run the command there: Invoke-Command -HostName {machine}.");
        }

        if (isOld)
        {
            throw new ArgumentTransformationMetadataException(
                $"This object was read before {machine} last started, and its numbers have another meaning now. Read it again, for example with Get-Namespace.");
        }
    }

    /// <summary>A namespace; null where type and inode are missing.</summary>
    internal static NamespaceInfo? ReadNamespace(PSObject data) => data.BaseObject is NamespaceInfo live ? live
        : Read<NamespaceType>(data, nameof(NamespaceInfo.Type)) is not NamespaceType type || Read<ulong>(data, nameof(NamespaceInfo.Inode)) is not ulong inode ? null
        : new NamespaceInfo
        {
            Type = type,
            Inode = inode,
            NamespaceId = Read<ulong>(data, nameof(NamespaceInfo.NamespaceId)),
            ProcessCount = Read<int>(data, nameof(NamespaceInfo.ProcessCount)) ?? 0,
            ProcessId = Read<int>(data, nameof(NamespaceInfo.ProcessId)),
            ParentProcessId = Read<int>(data, nameof(NamespaceInfo.ParentProcessId)),
            Command = ReadText(data, nameof(NamespaceInfo.Command)),
            UserId = Read<uint>(data, nameof(NamespaceInfo.UserId)),
            UserName = ReadText(data, nameof(NamespaceInfo.UserName)),
            OwnerInode = Read<ulong>(data, nameof(NamespaceInfo.OwnerInode)),
            OwnerUserId = Read<uint>(data, nameof(NamespaceInfo.OwnerUserId)),
            ParentInode = Read<ulong>(data, nameof(NamespaceInfo.ParentInode)),
            NetNsId = Read<int>(data, nameof(NamespaceInfo.NetNsId)),
            Name = ReadText(data, nameof(NamespaceInfo.Name)),
            MountPoint = ReadText(data, nameof(NamespaceInfo.MountPoint)),
            MountNamespace = Read<ulong>(data, nameof(NamespaceInfo.MountNamespace)),
            Path = ReadText(data, nameof(NamespaceInfo.Path)),
            Sources = NamespaceSources.Parse(ReadTexts(data, nameof(NamespaceInfo.Source))),
            Container = ReadText(data, nameof(NamespaceInfo.Container)),
            IsInitial = Read<bool>(data, nameof(NamespaceInfo.IsInitial)) ?? false,
            IsCurrent = Read<bool>(data, nameof(NamespaceInfo.IsCurrent)) ?? false,
        };

    /// <summary>An interface; null where namespace and number are missing.</summary>
    internal static NetNamespaceInterface? ReadInterface(PSObject data) => data.BaseObject is NetNamespaceInterface live ? live
        : Read<ulong>(data, nameof(NetNamespaceInterface.NamespaceInode)) is not ulong inode || Read<int>(data, nameof(NetNamespaceInterface.InterfaceIndex)) is not int index ? null
        : new NetNamespaceInterface
        {
            Namespace = ReadText(data, nameof(NetNamespaceInterface.Namespace)) ?? string.Empty,
            NamespaceInode = inode,
            NamespaceId = Read<ulong>(data, nameof(NetNamespaceInterface.NamespaceId)),
            InterfaceIndex = index,
            InterfaceName = ReadText(data, nameof(NetNamespaceInterface.InterfaceName)) ?? string.Empty,
            Kind = ReadText(data, nameof(NetNamespaceInterface.Kind)),
            State = Read<NetInterfaceState>(data, nameof(NetNamespaceInterface.State)) ?? NetInterfaceState.Unknown,
            IsUp = Read<bool>(data, nameof(NetNamespaceInterface.IsUp)) ?? false,
            Mtu = Read<long>(data, nameof(NetNamespaceInterface.Mtu)) ?? 0,
            MacAddress = ReadText(data, nameof(NetNamespaceInterface.MacAddress)),
            Address = new TextList(ReadTexts(data, nameof(NetNamespaceInterface.Address))),
            Master = ReadText(data, nameof(NetNamespaceInterface.Master)),
            PeerInterfaceName = ReadText(data, nameof(NetNamespaceInterface.PeerInterfaceName)),
            PeerInterfaceIndex = Read<int>(data, nameof(NetNamespaceInterface.PeerInterfaceIndex)),
            PeerNamespace = ReadText(data, nameof(NetNamespaceInterface.PeerNamespace)),
            PeerNamespaceInode = Read<ulong>(data, nameof(NetNamespaceInterface.PeerNamespaceInode)),
            LowerInterfaceName = ReadText(data, nameof(NetNamespaceInterface.LowerInterfaceName)),
            LowerInterfaceIndex = Read<int>(data, nameof(NetNamespaceInterface.LowerInterfaceIndex)),
            LowerNamespaceInode = Read<ulong>(data, nameof(NetNamespaceInterface.LowerNamespaceInode)),
            LowerNamespace = ReadText(data, nameof(NetNamespaceInterface.LowerNamespace)),
            PeerNetNsId = Read<int>(data, nameof(NetNamespaceInterface.PeerNetNsId)),
            Alias = ReadText(data, nameof(NetNamespaceInterface.Alias)),
            AltName = new TextList(ReadTexts(data, nameof(NetNamespaceInterface.AltName))),
            ReceivedBytes = Read<ulong>(data, nameof(NetNamespaceInterface.ReceivedBytes)) ?? 0,
            SentBytes = Read<ulong>(data, nameof(NetNamespaceInterface.SentBytes)) ?? 0,
            ReceivedPackets = Read<ulong>(data, nameof(NetNamespaceInterface.ReceivedPackets)) ?? 0,
            SentPackets = Read<ulong>(data, nameof(NetNamespaceInterface.SentPackets)) ?? 0,
            ReceiveErrors = Read<ulong>(data, nameof(NetNamespaceInterface.ReceiveErrors)) ?? 0,
            SendErrors = Read<ulong>(data, nameof(NetNamespaceInterface.SendErrors)) ?? 0,
            ReceiveDropped = Read<ulong>(data, nameof(NetNamespaceInterface.ReceiveDropped)) ?? 0,
            SendDropped = Read<ulong>(data, nameof(NetNamespaceInterface.SendDropped)) ?? 0,
            ReceivedMulticast = Read<ulong>(data, nameof(NetNamespaceInterface.ReceivedMulticast)) ?? 0,
            Collisions = Read<ulong>(data, nameof(NetNamespaceInterface.Collisions)) ?? 0,
            IsImmutable = Read<bool>(data, nameof(NetNamespaceInterface.IsImmutable)),
        };

    /// <summary>The net namespace that an interface, route, connection or neighbour says it is in; null for other objects.</summary>
    internal static NamespaceTarget? ReadNetNamespace(PSObject data) => Read<ulong>(data, nameof(NetNamespaceInterface.NamespaceInode)) is ulong inode
        ? new NamespaceTarget(new NamespaceInfo { Type = NamespaceType.Net, Inode = inode, NamespaceId = Read<ulong>(data, nameof(NetNamespaceInterface.NamespaceId)) })
        : null;

    /// <summary>The namespace that something was read in, of whatever type; null for other objects.</summary>
    internal static NamespaceTarget? ReadPlace(PSObject data) => TypeOfPlace(data) is not NamespaceType type ? ReadNetNamespace(data)
        : Read<ulong>(data, nameof(NamespaceMountInfo.NamespaceInode)) is ulong inode
            ? new NamespaceTarget(new NamespaceInfo { Type = type, Inode = inode, NamespaceId = Read<ulong>(data, nameof(NamespaceMountInfo.NamespaceId)) })
            : null;

    // By the name of its type, which deserialized objects keep.
    private static NamespaceType? TypeOfPlace(PSObject data)
    {
        string? name = data.TypeNames.FirstOrDefault();
        name = name?[(name.LastIndexOf('.') + 1)..];
        return name switch
        {
            nameof(NamespaceMountInfo) => NamespaceType.Mnt,
            nameof(NamespaceIdMap) => NamespaceType.User,
            nameof(NamespaceIpc) => NamespaceType.Ipc,
            nameof(NamespaceUsage) => Read<NamespaceType>(data, nameof(NamespaceUsage.Type)),
            _ => null,
        };
    }

    /// <summary>A process with its namespaces; null where its number or all of them are missing.</summary>
    internal static NamespaceProcess? ReadProcess(PSObject data)
    {
        if (data.BaseObject is NamespaceProcess live)
        {
            return live;
        }

        ulong[] inodes = [.. Enum.GetNames<NamespaceType>().Select(type => Read<ulong>(data, $"{type}Namespace") ?? 0)];
        return Read<int>(data, nameof(NamespaceProcess.Id)) is not int id || Array.TrueForAll(inodes, inode => inode == 0) ? null
            : new NamespaceProcess
            {
                Id = id,
                ParentId = Read<int>(data, nameof(NamespaceProcess.ParentId)) ?? 0,
                Program = ReadText(data, nameof(NamespaceProcess.Program)),
                CommandLine = ReadText(data, nameof(NamespaceProcess.CommandLine)),
                UserId = Read<uint>(data, nameof(NamespaceProcess.UserId)) ?? 0,
                UserName = ReadText(data, nameof(NamespaceProcess.UserName)) ?? string.Empty,
                Container = ReadText(data, nameof(NamespaceProcess.Container)),
                ContainerId = ReadText(data, nameof(NamespaceProcess.ContainerId)),
                Pod = ReadText(data, nameof(NamespaceProcess.Pod)),
                Inodes = inodes,
            };
    }

    /// <summary>
    /// The machine an object came from, the start of its kernel (null where the object does not say), whether that is another machine than this,
    /// and whether it is this one before its last start.
    /// </summary>
    internal static (string Machine, string? BootId, bool IsOther, bool IsOld) ReadOrigin(PSObject data)
    {
        string? computer = ReadText(data, "PSComputerName");
        string? name = ReadText(data, nameof(MachineRecord.MachineName));
        string machine = computer ?? name ?? Environment.MachineName;
        string? boot = ReadText(data, nameof(MachineRecord.BootId));
        bool isBootOfOther = boot is not null && IMachine.This.BootId is string own && boot != own;
        bool isOther = (computer is not null && !IsThisMachine(computer)) || (isBootOfOther && !IsThisMachine(name ?? machine));

        // A port of this machine may lead to another one.
        return (isOther && computer is not null && IsThisMachine(computer) ? name! : machine, boot, isOther, isBootOfOther && !isOther);
    }

    /// <summary>A property's value; null where it is missing or of another kind.</summary>
    internal static T? Read<T>(PSObject data, string property)
        where T : struct =>
        data.Properties[property]?.Value is object value && LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out T converted) ? converted : null;

    private static bool IsThisMachine(string computer) =>
        computer is "localhost" or "127.0.0.1" or "::1" || computer.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase);

    // A list, or what a CSV file has of one.
    private static IEnumerable<string> ReadTexts(PSObject data, string property) => StreamRecord.Unwrap(data.Properties[property]?.Value) switch
    {
        null => [],
        IList list => list.Cast<object?>().Select(item => $"{item}"),
        object one => $"{one}".Split(' ', StringSplitOptions.RemoveEmptyEntries),
    };

    private static string? ReadText(PSObject data, string property) => data.Properties[property]?.Value is object value ? value.ToString() : null;
}
