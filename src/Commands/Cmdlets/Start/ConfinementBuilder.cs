using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.ControlGroups;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Parts;

namespace LinuxNamespaces.Commands;

/// <summary>Adds to a request what New-NamespaceProcess is to take away from the program.</summary>
internal static class ConfinementBuilder
{
    private static readonly string[] s_landlockKeys = ["Read", "Write", "Connect", "Bind"];

    /// <summary>The request with all of it.</summary>
    /// <exception cref="NamespaceException">A value has no meaning.</exception>
    internal static SpawnRequest Apply(NewNamespaceProcessCommand command, SpawnRequest request)
    {
        ulong? capabilities = command.Capability is null ? null : CapabilityName.Parse(command.Capability);
        if (capabilities is not null && command.KeepCapabilities)
        {
            throw Invalid("-Capability and -KeepCapabilities contradict each other.", "-Capability alone makes the program keep what it names.");
        }

        string? profile = command.SeccompProfile is null ? null : FileSystemPath.Resolve(command.SessionState, command.SeccompProfile);
        return request with
        {
            Capabilities = capabilities,
            DroppedCapabilities = CapabilityName.Parse(command.DropCapability ?? []),
            SecureBits = command.SecureBits is null ? null : (int)command.SecureBits.Aggregate(SecureBits.None, (bits, bit) => bits | bit),
            NoNewPrivileges = command.NoNewPrivileges || profile is not null || command.Landlock is not null,
            DisableUserNamespaces = command.DisableUserNamespaces,
            OwnSession = command.NewSession,
            Umask = command.Umask is null ? null : Convert.ToInt32(command.Umask, 8),
            Nice = command.Nice,
            Limits = new ControlGroupLimits(command.MemoryLimit, command.CpuLimit, command.ProcessLimit, command.IoWeight),
            ResourceLimits = command.ResourceLimit is null ? [] : [.. Pairs(command.ResourceLimit).Select(pair => ResourceLimit.Parse(pair.Key, LanguagePrimitives.ConvertTo<string>(pair.Value)))],
            SeccompProfile = profile,
            SeccompFilter = profile is null ? null : SeccompProfile.Compile(profile, capabilities ?? ulong.MaxValue),
            Landlock = BuildLandlock(command.Landlock),
        };
    }

    private static LandlockRules? BuildLandlock(IDictionary? table)
    {
        if (table is null)
        {
            return null;
        }

        Dictionary<string, object?> values = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string key, object? value) in Pairs(table))
        {
            if (!s_landlockKeys.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                throw Invalid($"'{SafeText.Escape(key)}' is not a key of -Landlock.", "Write @{ Read = '/usr'; Write = '/tmp'; Connect = 443; Bind = 8080 }, with those that you want.");
            }

            values[key] = value;
        }

        return new LandlockRules(Paths("Read"), Paths("Write"), Ports("Connect"), Ports("Bind"));

        string[]? Paths(string key) => values.TryGetValue(key, out object? value) ? [.. List(value).Select(path => path.StartsWith('/') ? path : throw Invalid($"'{SafeText.Escape(path)}' is not an absolute path.", "Give paths of the program."))] : null;

        ushort[]? Ports(string key) => values.TryGetValue(key, out object? value)
            ? [.. List(value).Select(port => ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) ? number : throw Invalid($"'{SafeText.Escape(port)}' is not a port.", "Ports are 0 to 65535."))]
            : null;
    }

    private static string[] List(object? value) => value is null ? [] : LanguagePrimitives.ConvertTo<string[]>(value);

    private static IEnumerable<(string Key, object? Value)> Pairs(IDictionary? table)
    {
        foreach (DictionaryEntry entry in table ?? new Hashtable())
        {
            yield return (LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value);
        }
    }

    private static NamespaceException Invalid(string message, string remedy) => new(ErrorIds.InvalidRequest, message, remedy);
}
