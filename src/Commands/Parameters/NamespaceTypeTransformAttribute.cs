using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Remote.Wire;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>
/// Lets a parameter of types take the words people use (Mount, Network, Hostname) beside the kernel's names. Known words are converted
/// here, because PowerShell's own conversion is slow. That conversion gets the rest, and refuses it with its own message.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamespaceTypeTransformAttribute : ArgumentTransformationAttribute
{
    private static readonly Dictionary<string, object> s_words = ReadWords(typeof(NamespaceType));

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = Replace(inputData);
        if (value is NamespaceType type)
        {
            return new[] { Known(type) };
        }

        bool isList = value is IEnumerable and not string;
        if (!isList && !(value is string word && word.Contains(',')))
        {
            return value;
        }

        object?[] all = [.. (isList ? ((IEnumerable)value!).Cast<object?>() : [value]).SelectMany(Split).Select(Replace)];
        return Array.TrueForAll(all, item => item is NamespaceType one && Known(one) == one) ? Array.ConvertAll(all, item => (NamespaceType)item!) : all;
    }

    // From a command line outside of PowerShell several are one word, which its own conversion would take for flags.
    private static IEnumerable<object?> Split(object? item)
    {
        object? value = StreamRecord.Unwrap(item);
        return value is string text && text.Contains(',') ? text.Split(',') : [value];
    }

    /// <summary>The one type a word or a number stands for.</summary>
    internal static bool TryConvert(object? value, out NamespaceType type)
    {
        object? one = Replace(value);
        type = default;
        return !(one is string word && word.Contains(',')) && LanguagePrimitives.TryConvertTo(one, out type) && Enum.IsDefined(type);
    }

    private static Dictionary<string, object> ReadWords(Type type)
    {
        Dictionary<string, object> words = new(StringComparer.OrdinalIgnoreCase);
        foreach (string word in Enum.GetNames(type))
        {
            words.Add(word, Enum.Parse(type, word));
        }

        return words;
    }

    // The type a word stands for; anything else as it is, without PowerShell's wrapping.
    private static object? Replace(object? value)
    {
        value = StreamRecord.Unwrap(value);
        return value is string text && s_words.TryGetValue(text.Trim(), out object? type) ? type : value;
    }

    private static NamespaceType Known(NamespaceType type) => Enum.IsDefined(type)
        ? type
        : throw new ArgumentTransformationMetadataException($"{(int)type} is not a type of namespace.");
}
