using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Operations.Net.Internet;

/// <summary>
/// The module's own nftables table, by the <c>nft</c> program: one rule that masquerades for each connection, and two for each interface whose forwarding
/// was switched on. The comments of the rules are the module's memory, so that another session can undo what this one did.
/// </summary>
internal sealed class MasqueradeTable
{
    /// <summary>Its name; the family is ip.</summary>
    internal const string Name = "linuxnamespaces";

    private const string Family = "ip";
    private const string Postrouting = "postrouting";
    private const string Forward = "forward";
    private const string ConnectionMark = "connection";
    private const string ForwardingMark = "forwarding";

    private readonly string _nft = OutsideProgram.Require("nft", "nftables");
    private readonly List<(string Chain, long Handle, string[] Words)> _rules = [];

    private MasqueradeTable()
    {
    }

    /// <summary>Whether the table is there.</summary>
    internal bool Exists { get; private set; }

    /// <summary>The connections it has rules for.</summary>
    internal IEnumerable<MasqueradedConnection> Connections => _rules
        .Where(rule => rule.Words is [ConnectionMark, _, _, _])
        .Select(rule => new MasqueradedConnection(
            rule.Words[1],
            int.TryParse(rule.Words[2], NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : 0,
            rule.Words[3]));

    /// <summary>The interfaces whose forwarding was off before.</summary>
    internal IReadOnlyList<string> Forwarding => [.. _rules.Where(rule => rule.Words is [ForwardingMark, _]).Select(rule => rule.Words[1]).Distinct()];

    /// <summary>Reads it; the result is empty where it is not there.</summary>
    /// <exception cref="NamespaceException">ProgramNotFound, InternetRefused.</exception>
    internal static MasqueradeTable Read()
    {
        MasqueradeTable table = new();
        ProgramAnswer answer = OutsideProgram.Run(table._nft, ["-j", "list", "table", Family, Name]);
        if (answer.ExitCode != 0)
        {
            return answer.Error.Contains("No such file", StringComparison.Ordinal) ? table : throw Refused(answer);
        }

        table.Exists = true;
        foreach (JsonNode? item in JsonNode.Parse(answer.Output)?["nftables"]?.AsArray() ?? [])
        {
            if (item?["rule"] is JsonNode rule && (string?)rule["comment"] is string comment && (string?)rule["chain"] is string chain && (long?)rule["handle"] is long handle)
            {
                table._rules.Add((chain, handle, comment.Split(' ')));
            }
        }

        return table;
    }

    /// <summary>Adds a connection and what was switched on for it, and removes connections that are no more: all or nothing.</summary>
    /// <exception cref="NamespaceException">InternetRefused.</exception>
    internal void Add(MasqueradedConnection connection, IEnumerable<string> forwarding, Func<MasqueradedConnection, bool> isGone)
    {
        List<JsonObject> commands =
        [
            Command("add", "table", new JsonObject { ["family"] = Family, ["name"] = Name }),
            AddChain(Postrouting, "nat", Postrouting, 100),
            AddChain(Forward, "filter", Forward, 0),
            .. DeleteConnections(isGone),
        ];
        if (!Connections.Contains(connection))
        {
            commands.Add(AddRule(
                Postrouting,
                $"{ConnectionMark} {connection.InterfaceName} {connection.InterfaceIndex.ToString(CultureInfo.InvariantCulture)} {connection.Network}",
                Match("==", Payload("saddr"), PrefixOf(connection.Network)),
                Match("!=", Meta("oifname"), connection.InterfaceName),
                new JsonObject { ["masquerade"] = null }));
        }

        // The interface forwarded nothing before: now it forwards answers, and still nothing that begins there.
        foreach (string name in forwarding.Except(Forwarding))
        {
            commands.Add(AddRule(
                Forward,
                $"{ForwardingMark} {name}",
                Match("==", Meta("iifname"), name),
                Match("in", new JsonObject { ["ct"] = new JsonObject { ["key"] = "state" } }, new JsonArray("established", "related")),
                new JsonObject { ["accept"] = null }));
            commands.Add(AddRule(Forward, $"{ForwardingMark} {name}", Match("==", Meta("iifname"), name), new JsonObject { ["drop"] = null }));
        }

        Run(commands);
    }

    /// <summary>Removes connections that are no more.</summary>
    /// <exception cref="NamespaceException">InternetRefused.</exception>
    internal void Remove(Func<MasqueradedConnection, bool> isGone) => Run([.. DeleteConnections(isGone)]);

    /// <summary>Removes the table with everything the module has put into it; refused where another session has added a connection since it was read.</summary>
    /// <exception cref="NamespaceException">InternetRefused.</exception>
    internal void RemoveAll() => Run(
    [
        .. _rules.Select(Delete),
        Command("delete", "chain", new JsonObject { ["family"] = Family, ["table"] = Name, ["name"] = Postrouting }),
        Command("delete", "chain", new JsonObject { ["family"] = Family, ["table"] = Name, ["name"] = Forward }),
        Command("delete", "table", new JsonObject { ["family"] = Family, ["name"] = Name }),
    ]);

    private IEnumerable<JsonObject> DeleteConnections(Func<MasqueradedConnection, bool> isGone)
    {
        HashSet<MasqueradedConnection> gone = [.. Connections.Where(isGone)];
        return _rules
            .Where(rule => rule.Words is [ConnectionMark, string name, string index, string network]
                && gone.Any(each => each.InterfaceName == name && each.Network == network && each.InterfaceIndex.ToString(CultureInfo.InvariantCulture) == index))
            .Select(Delete);
    }

    private void Run(List<JsonObject> commands)
    {
        if (commands.Count == 0)
        {
            return;
        }

        string request = new JsonObject { ["nftables"] = new JsonArray([.. commands]) }.ToJsonString(new JsonSerializerOptions());
        ProgramAnswer answer = OutsideProgram.Run(_nft, ["-j", "-f", "-"], request);
        if (answer.ExitCode != 0)
        {
            throw Refused(answer);
        }
    }

    private static NamespaceException Refused(ProgramAnswer answer) => new(
        ErrorIds.InternetRefused,
        $"The program nft refused: {answer.FirstLine}",
        "nftables with NAT is needed (CONFIG_NF_TABLES, CONFIG_NFT_MASQ), and the right to change it: CAP_NET_ADMIN.");

    private static JsonObject Delete((string Chain, long Handle, string[] Words) rule) =>
        Command("delete", "rule", new JsonObject { ["family"] = Family, ["table"] = Name, ["chain"] = rule.Chain, ["handle"] = rule.Handle });

    private static JsonObject Command(string verb, string kind, JsonObject what) => new() { [verb] = new JsonObject { [kind] = what } };

    private static JsonObject AddChain(string name, string type, string hook, int priority) => Command("add", "chain", new JsonObject
    {
        ["family"] = Family,
        ["table"] = Name,
        ["name"] = name,
        ["type"] = type,
        ["hook"] = hook,
        ["prio"] = priority,
        ["policy"] = "accept",
    });

    private static JsonObject AddRule(string chain, string comment, params JsonNode[] expressions) => Command("add", "rule", new JsonObject
    {
        ["family"] = Family,
        ["table"] = Name,
        ["chain"] = chain,
        ["comment"] = comment,
        ["expr"] = new JsonArray(expressions),
    });

    private static JsonObject Match(string operation, JsonNode left, JsonNode right) =>
        new() { ["match"] = new JsonObject { ["op"] = operation, ["left"] = left, ["right"] = right } };

    private static JsonObject Payload(string field) => new() { ["payload"] = new JsonObject { ["protocol"] = "ip", ["field"] = field } };

    private static JsonObject Meta(string key) => new() { ["meta"] = new JsonObject { ["key"] = key } };

    private static JsonObject PrefixOf(string network)
    {
        InterfaceAddress parsed = InterfaceAddress.Parse(network);
        return new() { ["prefix"] = new JsonObject { ["addr"] = parsed.Address.ToString(), ["len"] = parsed.PrefixLength } };
    }
}

/// <summary>A connection that is masqueraded.</summary>
/// <param name="InterfaceName">Its end on the host.</param>
/// <param name="InterfaceIndex">The number of that end: another one may get the name.</param>
/// <param name="Network">The network between the ends.</param>
internal sealed record MasqueradedConnection(string InterfaceName, int InterfaceIndex, string Network);
