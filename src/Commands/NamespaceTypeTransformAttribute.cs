using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace LinuxNamespaces.Commands;

/// <summary>Lets a type parameter take the words people use (Mount, Network, Hostname) for the kernel's names.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamespaceTypeTransformAttribute : ArgumentTransformationAttribute
{
    private static readonly Dictionary<string, NamespaceType> s_synonyms = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Mount"] = NamespaceType.Mnt,
        ["Network"] = NamespaceType.Net,
        ["Process"] = NamespaceType.Pid,
        ["Hostname"] = NamespaceType.Uts,
        ["ControlGroup"] = NamespaceType.Cgroup,
        ["Clock"] = NamespaceType.Time,
    };

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => Unwrap(inputData) switch
    {
        string text => Replace(text),
        IEnumerable items => items.Cast<object?>().Select(item => Unwrap(item) is string text ? Replace(text) : item).ToArray(),
        var other => other,
    };

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static object Replace(string text) => s_synonyms.TryGetValue(text.Trim(), out NamespaceType type) ? type : text;
}
