using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>
/// A seccomp profile as container engines have it (OCI runtime specification, and docker's own form of it), compiled by libseccomp to a program that
/// the kernel takes.
/// </summary>
internal static unsafe class SeccompProfile
{
    private const int MostArguments = 6;
    private const uint ErrnoMask = 0xffff;

    private static readonly Dictionary<string, uint> s_actions = new()
    {
        ["SCMP_ACT_KILL"] = LibSeccomp.SCMP_ACT_KILL_THREAD, ["SCMP_ACT_KILL_THREAD"] = LibSeccomp.SCMP_ACT_KILL_THREAD, ["SCMP_ACT_KILL_PROCESS"] = LibSeccomp.SCMP_ACT_KILL_PROCESS,
        ["SCMP_ACT_TRAP"] = LibSeccomp.SCMP_ACT_TRAP, ["SCMP_ACT_ERRNO"] = LibSeccomp.SCMP_ACT_ERRNO, ["SCMP_ACT_TRACE"] = LibSeccomp.SCMP_ACT_TRACE,
        ["SCMP_ACT_LOG"] = LibSeccomp.SCMP_ACT_LOG, ["SCMP_ACT_ALLOW"] = LibSeccomp.SCMP_ACT_ALLOW,
    };

    private static readonly Dictionary<string, int> s_comparisons = new()
    {
        ["SCMP_CMP_NE"] = LibSeccomp.SCMP_CMP_NE, ["SCMP_CMP_LT"] = LibSeccomp.SCMP_CMP_LT, ["SCMP_CMP_LE"] = LibSeccomp.SCMP_CMP_LE, ["SCMP_CMP_EQ"] = LibSeccomp.SCMP_CMP_EQ,
        ["SCMP_CMP_GE"] = LibSeccomp.SCMP_CMP_GE, ["SCMP_CMP_GT"] = LibSeccomp.SCMP_CMP_GT, ["SCMP_CMP_MASKED_EQ"] = LibSeccomp.SCMP_CMP_MASKED_EQ,
    };

    /// <summary>Compiles a file.</summary>
    /// <param name="path">The profile, in JSON.</param>
    /// <param name="capabilities">The capabilities of the program: docker's profile allows more to a program that has some.</param>
    /// <returns>Instructions of the kernel's packet filter.</returns>
    /// <exception cref="NamespaceException">SeccompProfileInvalid, SeccompLibraryMissing.</exception>
    internal static byte[] Compile(string path, ulong capabilities)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Compile(document.RootElement, capabilities);
        }
        catch (DllNotFoundException exception)
        {
            throw new NamespaceException(
                ErrorIds.SeccompLibraryMissing, "Seccomp profiles are compiled by libseccomp, which is not installed.", "Install it: the package is libseccomp2 on Debian and Ubuntu, libseccomp elsewhere.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw Invalid(path, exception.Message, exception);
        }
    }

    private static byte[] Compile(JsonElement profile, ulong capabilities)
    {
        uint standard = Action(profile.GetProperty("defaultAction").GetString()!, Errno(profile, "defaultErrnoRet") ?? LibC.EPERM);
        nint context = LibSeccomp.seccomp_init(standard);
        if (context == 0)
        {
            throw new InvalidOperationException("libseccomp does not take the default action.");
        }

        try
        {
            foreach (string name in Architectures(profile))
            {
                // Both names of one are there: EEXIST is not a failure.
                _ = LibSeccomp.seccomp_arch_add(context, LibSeccomp.seccomp_arch_resolve_name(name));
            }

            foreach (JsonElement rule in Array(profile, "syscalls").Where(rule => Applies(rule, capabilities)))
            {
                AddRule(context, rule, standard);
            }

            return Export(context);
        }
        finally
        {
            LibSeccomp.seccomp_release(context);
        }
    }

    // docker names the architectures that go with the machine's own; the specification lists them all.
    private static IEnumerable<string> Architectures(JsonElement profile)
    {
        string own = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? "SCMP_ARCH_X86_64" : "SCMP_ARCH_AARCH64";
        IEnumerable<string> named = Strings(profile, "architectures").Concat(Array(profile, "archMap")
            .Where(map => map.GetProperty("architecture").GetString() == own).SelectMany(map => Strings(map, "subArchitectures")));
        return named.Where(name => name.StartsWith("SCMP_ARCH_", StringComparison.Ordinal)).Select(name => name["SCMP_ARCH_".Length..].ToLowerInvariant());
    }

    private static void AddRule(nint context, JsonElement rule, uint standard)
    {
        uint action = Action(rule.GetProperty("action").GetString()!, Errno(rule, "errnoRet") ?? LibC.EPERM);
        if (action == standard)
        {
            return;
        }

        LibSeccomp.scmp_arg_cmp* comparisons = stackalloc LibSeccomp.scmp_arg_cmp[MostArguments];
        int count = 0;
        foreach (JsonElement argument in Array(rule, "args").Take(MostArguments))
        {
            ulong value = argument.GetProperty("value").GetUInt64();
            ulong second = argument.TryGetProperty("valueTwo", out JsonElement two) ? two.GetUInt64() : 0;
            comparisons[count++] = new LibSeccomp.scmp_arg_cmp
            {
                arg = argument.GetProperty("index").GetUInt32(), op = s_comparisons[argument.GetProperty("op").GetString()!], datum_a = value, datum_b = second,
            };
        }

        IEnumerable<string> names = Strings(rule, "names").Concat(rule.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String ? [name.GetString()!] : []);
        foreach (int number in names.Select(LibSeccomp.seccomp_syscall_resolve_name).Where(number => number != LibSeccomp.__NR_SCMP_ERROR))
        {
            // Calls that the library does not know are newer than it, and are answered by the default action.
            int error = LibSeccomp.seccomp_rule_add_array(context, action, number, (uint)count, comparisons);
            if (error != 0 && error != -LibC.EEXIST)
            {
                throw new InvalidOperationException($"libseccomp does not take a rule for {string.Join(", ", names)}: {new LinuxException(-error, "seccomp_rule_add").Message}.");
            }
        }
    }

    // Conditions of docker's form: capabilities, architectures and the age of the kernel.
    private static bool Applies(JsonElement rule, ulong capabilities)
    {
        return (!rule.TryGetProperty("includes", out JsonElement includes) || Holds(includes, true)) && (!rule.TryGetProperty("excludes", out JsonElement excludes) || !Holds(excludes, false));

        bool Holds(JsonElement condition, bool whenEmpty)
        {
            if (condition.ValueKind != JsonValueKind.Object)
            {
                return whenEmpty;
            }

            string architecture = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? "amd64" : "arm64";
            bool[] parts =
            [
                .. Strings(condition, "caps").Select(cap => (CapabilityName.Parse([cap]) & capabilities) != 0),
                .. Strings(condition, "arches").Any() ? [Strings(condition, "arches").Contains(architecture)] : System.Array.Empty<bool>(),
                .. condition.TryGetProperty("minKernel", out JsonElement oldest) ? [Environment.OSVersion.Version >= Version.Parse(oldest.GetString()!)] : System.Array.Empty<bool>(),
            ];
            return parts.Length == 0 ? whenEmpty : whenEmpty ? parts.All(part => part) : parts.Any(part => part);
        }
    }

    private static byte[] Export(nint context)
    {
        using FileStream file = new(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose);
        int error = LibSeccomp.seccomp_export_bpf(context, (int)file.SafeFileHandle.DangerousGetHandle());
        if (error != 0)
        {
            throw new InvalidOperationException(new LinuxException(-error, "seccomp_export_bpf").Message);
        }

        file.Position = 0;
        byte[] program = new byte[file.Length];
        file.ReadExactly(program);
        return program;
    }

    private static uint Action(string name, uint errno)
    {
        uint action = s_actions.TryGetValue(name, out uint known) ? known : throw new InvalidOperationException($"'{SafeText.Escape(name)}' is not an action.");
        return action is LibSeccomp.SCMP_ACT_ERRNO or LibSeccomp.SCMP_ACT_TRACE ? action | (errno & ErrnoMask) : action;
    }

    private static uint? Errno(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetUInt32() : null;

    private static JsonElement[] Array(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [];

    private static IEnumerable<string> Strings(JsonElement element, string name) => Array(element, name).Select(item => item.GetString()!);

    private static NamespaceException Invalid(string path, string reason, Exception exception) => new(
        ErrorIds.SeccompProfileInvalid, $"'{SafeText.Escape(path)}' is not a seccomp profile: {SafeText.Escape(reason)}", "Give a profile in the form of the OCI runtime specification, for example docker's default.json.", exception);
}
