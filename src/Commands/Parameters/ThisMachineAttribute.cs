using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>
/// Converts namespaces from the pipeline. A deserialized namespace is recognized before its properties could bind as a PID or an
/// inode. Objects from another machine are refused, because their numbers mean something else here.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ThisMachineAttribute : ArgumentTransformationAttribute
{
    private const string TypeName = "Deserialized.LinuxNamespaces.NamespaceInfo";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => inputData is PSObject wrapped
        ? wrapped.BaseObject switch
        {
            PSCustomObject => FromProperties(wrapped),
            IList items => Transform(engineIntrinsics, items),
            _ => inputData,
        }
        : inputData is IList list ? Transform(engineIntrinsics, list) : inputData;

    private object?[] Transform(EngineIntrinsics engineIntrinsics, IList items) => [.. items.Cast<object?>().Select(item => Transform(engineIntrinsics, item))];

    private static object FromProperties(PSObject data)
    {
        DeserializedObject.RefuseOtherMachine(data);
        return data.TypeNames.Contains(TypeName) && DeserializedObject.ReadNamespace(data) is NamespaceInfo ns ? ns : data;
    }
}
