using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>
/// For names from the pipeline: refuses what is left of objects after remoting, which PowerShell would turn into
/// their text, a pattern that means something else.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextOnlyAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        IEnumerable items = inputData is PSObject { BaseObject: IList wrapped } ? wrapped : inputData is IList list ? list : new[] { inputData };
        return items.Cast<object?>().Any(item => item is PSObject { BaseObject: PSCustomObject })
            ? throw new ArgumentTransformationMetadataException(
                "This is data, not a live object or a name: give the name itself, or run the command where the object came from with Invoke-Command.")
            : inputData;
    }
}
