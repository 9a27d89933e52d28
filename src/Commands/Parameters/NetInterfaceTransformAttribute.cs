using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>For interfaces from the pipeline: takes what is left of one after remoting for what it was, unless it came from another machine.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NetInterfaceTransformAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => inputData is PSObject wrapped
        ? wrapped.BaseObject switch
        {
            PSCustomObject => FromProperties(wrapped),
            IList items => items.Cast<object?>().Select(item => Transform(engineIntrinsics, item)).ToArray(),
            _ => inputData,
        }
        : inputData;

    private static object FromProperties(PSObject data)
    {
        DeserializedObject.RefuseOtherMachine(data);
        return DeserializedObject.ReadInterface(data) is NetNamespaceInterface found ? found : data;
    }
}
