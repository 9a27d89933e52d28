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
    /// <summary>Remoting says where an object came from; a file does not.</summary>
    /// <exception cref="ArgumentTransformationMetadataException">It came from another machine.</exception>
    internal static void RefuseOtherMachine(PSObject data)
    {
        if (data.Properties["PSComputerName"]?.Value is object computer && !IsThisMachine($"{computer}"))
        {
            throw new ArgumentTransformationMetadataException(
                $"This object came from {computer}, where its numbers mean something else than here. Run the command there: Invoke-Command -HostName {computer}.");
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
            ProcessId = Read<int>(data, nameof(NamespaceInfo.ProcessId)),
            ParentProcessId = Read<int>(data, nameof(NamespaceInfo.ParentProcessId)),
            Command = ReadText(data, nameof(NamespaceInfo.Command)),
            OwnerInode = Read<ulong>(data, nameof(NamespaceInfo.OwnerInode)),
            ParentInode = Read<ulong>(data, nameof(NamespaceInfo.ParentInode)),
            Name = ReadText(data, nameof(NamespaceInfo.Name)),
            MountPoint = ReadText(data, nameof(NamespaceInfo.MountPoint)),
            Path = ReadText(data, nameof(NamespaceInfo.Path)),
            Sources = NamespaceSources.Parse(ReadTexts(data, nameof(NamespaceInfo.Source))),
            Container = ReadText(data, nameof(NamespaceInfo.Container)),
        };

    /// <summary>An interface; null where namespace and number are missing.</summary>
    internal static NetNamespaceInterface? ReadInterface(PSObject data) => data.BaseObject is NetNamespaceInterface live ? live
        : Read<ulong>(data, nameof(NetNamespaceInterface.NamespaceInode)) is not ulong inode || Read<int>(data, nameof(NetNamespaceInterface.InterfaceIndex)) is not int index ? null
        : new NetNamespaceInterface
        {
            Namespace = ReadText(data, nameof(NetNamespaceInterface.Namespace)) ?? string.Empty,
            NamespaceInode = inode,
            InterfaceIndex = index,
            InterfaceName = ReadText(data, nameof(NetNamespaceInterface.InterfaceName)) ?? string.Empty,
            Kind = ReadText(data, nameof(NetNamespaceInterface.Kind)),
            Address = new TextList(ReadTexts(data, nameof(NetNamespaceInterface.Address))),
            Master = ReadText(data, nameof(NetNamespaceInterface.Master)),
            PeerInterfaceIndex = Read<int>(data, nameof(NetNamespaceInterface.PeerInterfaceIndex)),
            PeerNamespaceInode = Read<ulong>(data, nameof(NetNamespaceInterface.PeerNamespaceInode)),
            LowerInterfaceIndex = Read<int>(data, nameof(NetNamespaceInterface.LowerInterfaceIndex)),
            LowerNamespaceInode = Read<ulong>(data, nameof(NetNamespaceInterface.LowerNamespaceInode)),
        };

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
