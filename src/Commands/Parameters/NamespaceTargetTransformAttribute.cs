using System;
using System.Collections;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Remote.Wire;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>
/// Converts arguments to <see cref="NamespaceTarget"/> with knowledge that its constructors lack: PowerShell's current location, and
/// the form of objects that came from another machine or were made by hand.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamespaceTargetTransformAttribute : ArgumentTransformationAttribute
{
    /// <summary>
    /// Whether an object is a target and nothing else: a process, or one of the module's own, also after remoting or Select-Object, or an object by hand that
    /// says which namespace or process it stands for.
    /// </summary>
    internal static bool IsTarget(object? item) => StreamRecord.Unwrap(item) switch
    {
        IList items => items.Cast<object?>().Any(IsTarget),
        Process => true,
        PSCustomObject => IsTarget(PSObject.AsPSObject(item!)),
        { } one => one.GetType().Assembly == typeof(NamespaceTarget).Assembly,
        null => false,
    };

    // A property Id alone says nothing: rows of any table have one.
    private static bool IsTarget(PSObject data) =>
        data.TypeNames.Any(name => name.EndsWith(".System.Diagnostics.Process", StringComparison.Ordinal) || name.Contains(".LinuxNamespaces.", StringComparison.Ordinal))
        || DeserializedObject.ReadNamespace(data) is not null || DeserializedObject.ReadPlace(data) is not null || DeserializedObject.Read<int>(data, "ProcessId") is not null;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => StreamRecord.Unwrap(inputData) switch
    {
        string text => FromText(engineIntrinsics, text),
        FileSystemInfo file => file.FullName,
        IList items => items.Cast<object?>().Select(item => Transform(engineIntrinsics, item)).ToArray(),
        PSCustomObject => FromProperties(PSObject.AsPSObject(inputData)) ?? inputData,
        { } item when item.GetType().Assembly == typeof(NamespaceTarget).Assembly => DeserializedObject.ReadPlace(PSObject.AsPSObject(item)) ?? inputData,
        _ => inputData,
    };

    private static string FromText(EngineIntrinsics engineIntrinsics, string text) => text.Contains('/') && !text.StartsWith('/')
        ? engineIntrinsics.SessionState.Path.GetUnresolvedProviderPathFromPSPath(text)
        : text;

    // A namespace by type and inode, or a process by its id: what is left of both after remoting.
    private static NamespaceTarget? FromProperties(PSObject data)
    {
        DeserializedObject.RefuseOtherMachine(data);
        if (DeserializedObject.ReadNamespace(data) is NamespaceInfo ns)
        {
            return new NamespaceTarget(ns);
        }

        if (DeserializedObject.ReadPlace(data) is NamespaceTarget place)
        {
            return place;
        }

        int? processId = DeserializedObject.Read<int>(data, "Id") ?? DeserializedObject.Read<int>(data, "ProcessId") ?? DeserializedObject.Read<int>(data, "PID");
        return processId is int id ? new NamespaceTarget(id) : null;
    }
}
