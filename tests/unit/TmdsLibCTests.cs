using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using LinuxNamespaces.Interop;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>
/// Compares the constants and structs of src/Interop with those of Tmds.LibC, for both architectures and without a C compiler. See
/// docs/interop.md.
/// </summary>
public sealed class TmdsLibCTests
{
    private const BindingFlags Ours = BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // C# names of ours that are not those of C: see InteropTests.
    private static readonly Dictionary<string, string> s_names = new() { ["statx_t"] = "statx", ["sigaction_t"] = "sigaction" };

    // Ours are the beginning of a longer struct.
    private static readonly HashSet<string> s_beginnings = ["ucontext_t"];

    private static readonly string s_package = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "TmdsLibC").Value!;

    [Theory]
    [InlineData("linux-x64")]
    [InlineData("linux-arm64")]
    public void Shared_constants_and_sizes_are_equal(string runtime)
    {
        Assembly theirs = Load(runtime);
        Dictionary<string, object> constants = theirs.GetType("Tmds.Linux.LibC", throwOnError: true)!
            .GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(property => property.PropertyType.IsPrimitive)
            .ToDictionary(property => property.Name, property => property.GetValue(null)!);
        (string Name, object Value)[] shared = [.. typeof(LibC).GetFields(Ours)
            .Where(field => field.IsLiteral && field.FieldType.IsPrimitive && constants.ContainsKey(field.Name))
            .Select(field => (field.Name, field.GetRawConstantValue()!))];
        Assert.True(shared.Length > 100, $"Only {shared.Length} constants are shared.");

        // In the narrower width: C has some of them as unsigned, some as negative.
        Assert.Equal([], shared.Where(constant => Narrow(constant.Value, constants[constant.Name]) != Narrow(constants[constant.Name], constant.Value))
            .Select(constant => $"{constant.Name} is {constant.Value}, not {constants[constant.Name]}"));

        Type[] structs = [.. typeof(LibC).GetNestedTypes(BindingFlags.NonPublic).Where(type => type.IsValueType && !type.IsEnum)];
        (Type Our, Type Their)[] pairs = [.. structs
            .Where(type => !s_beginnings.Contains(type.Name))
            .Select(type => (type, theirs.GetType("Tmds.Linux." + s_names.GetValueOrDefault(type.Name, type.Name))!))
            .Where(pair => pair.Item2 is not null)];
        Assert.True(pairs.Length > 3, $"Only {pairs.Length} structs are shared.");
        Assert.Equal([], pairs.Where(pair => SizeOf(pair.Our) != SizeOf(pair.Their)).Select(pair => $"{pair.Our.Name} has {SizeOf(pair.Our)} bytes, not {SizeOf(pair.Their)}"));
    }

    // Both at once: they have one name.
    private static Assembly Load(string runtime) => new AssemblyLoadContext(runtime, isCollectible: true)
        .LoadFromAssemblyPath(Path.Combine(s_package, "runtimes", runtime, "lib/netstandard2.0/Tmds.LibC.dll"));

    private static ulong Narrow(object value, object other)
    {
        int size = Math.Min(Marshal.SizeOf(value), Marshal.SizeOf(other));
        ulong bits = value is ulong large ? large : (ulong)Convert.ToInt64(value, CultureInfo.InvariantCulture);
        return size == 8 ? bits : bits & ((1UL << (8 * size)) - 1);
    }

    private static int SizeOf(Type type) => (int)typeof(TmdsLibCTests)
        .GetMethod(nameof(UnsafeSizeOf), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, null)!;

    private static int UnsafeSizeOf<T>() => Unsafe.SizeOf<T>();
}
