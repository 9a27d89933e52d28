using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using LinuxNamespaces.Operations.Find;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>The page of each cmdlet lists the ids of the errors that its code can lead to.</summary>
public partial class ErrorIdTests
{
    // These catch themselves what they throw.
    private static readonly string[] s_silent = ["NetInterfaceReader.OpenAll", "MapSurvey.AddInterfaces", "NetNamespaceWatch.FindId", "OutsideProgram.Start"];

    // In reach of the code, but not with what the cmdlet asks for.
    private static readonly Dictionary<string, string[]> s_impossible = new()
    {
        // By path they open the caller's own namespace alone.
        ["Remove-NetNamespace"] = ["NotANamespace"],

        // Names are looked up among those there are.
        ["Get-NetNamespace"] = ["InvalidNetNamespaceName"],

        // They make no namespaces, or none with such settings.
        ["Enter-Namespace"] =
        [
            // Said by -Verbose alone.
            "ConfinementRefused", "ControlGroupsNotSupported", "ControllerNotDelegated", "HostPowerShellRefused", "IdMapHelperMissing", "IdMapRefused", "InterpreterRefused", "MountRefused", "NamespaceLimitReached", "NamespaceTypeNotSupported", "PersistRefused", "PersistTargetBusy",
            "RedirectFailed", "TimeOffsetRefused", "UserNamespaceBlocked",
        ],
        ["Invoke-NamespaceCommand"] = ["ConfinementRefused", "ControlGroupsNotSupported", "ControllerNotDelegated", "HostPowerShellRefused", "IdMapHelperMissing", "IdMapInvalid", "InterpreterRefused", "PersistRefused", "PersistTargetBusy", "TimeOffsetRefused"],

        ["New-NamespaceSession"] = ["ConfinementRefused", "ControlGroupsNotSupported", "ControllerNotDelegated", "HostPowerShellRefused", "IdMapHelperMissing", "IdMapInvalid", "InterpreterRefused", "PersistRefused", "PersistTargetBusy", "TimeOffsetRefused"],
    };

    [Fact]
    public void Every_page_lists_the_ids_its_cmdlet_can_give_and_no_others()
    {
        HashSet<string> ids = [.. ErrorIds.All.Keys];
        Assert.True(ids.Count > 100);
        List<string> wrong = [];
        using CallGraph graph = new(typeof(NamespaceInventory).Assembly.Location);
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*-*.md"))
        {
            string cmdlet = Path.GetFileNameWithoutExtension(file);
            HashSet<string> listed = [.. Id().Matches(ErrorsLine().Match(File.ReadAllText(file)).Value).Select(match => match.Groups[1].Value)];
            HashSet<string> reached = graph.StringsFrom(cmdlet.Replace("-", "") + "Command", s_silent);
            reached.IntersectWith(ids);
            if (Repository.IsDrawing)
            {
                Rewrite(file, listed, [.. reached.Except(s_impossible.GetValueOrDefault(cmdlet, []))]);
                continue;
            }

            string[] impossible = s_impossible.GetValueOrDefault(cmdlet, []);
            wrong.AddRange(impossible.Except(reached).Select(id => $"{cmdlet} needs no exception for {id}"));
            wrong.AddRange(reached.Except(impossible).Except(listed).Select(id => $"{cmdlet} leaves out {id}"));
            wrong.AddRange(listed.Except(reached.Except(impossible)).Select(id => $"{cmdlet} cannot give {id}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Order()));
    }

    /// <summary>The list of about_LinuxNamespaces is drawn from the catalogue.</summary>
    [Fact]
    public void The_about_topic_has_the_catalogue()
    {
        string text = File.ReadAllText(s_topic);
        int begin = text.IndexOf("    Looking:\n", StringComparison.Ordinal);
        int end = text.IndexOf("\nSEE ALSO\n", StringComparison.Ordinal);
        if (Repository.IsDrawing)
        {
            File.WriteAllText(s_topic, text[..begin] + DrawTopic() + text[end..]);
            return;
        }

        Assert.Equal(DrawTopic(), text[begin..end]);
    }

    [Fact]
    public void Every_error_has_an_id_of_the_catalogue()
    {
        Assert.Equal([], Repository.SourceFiles("src").SelectMany(file => ThrownLiteral().Matches(File.ReadAllText(file))
            .Select(match => match.Groups[1].Value).Where(id => ErrorIds.Find(id) is null)
            .Select(id => $"{SourceText.Relative(file)}: add a line for {id} to src/Model/Errors/ErrorIds.cs, then run ./build.sh docs")));
        Assert.Equal([], ErrorIds.All.Where(pair => pair.Value is null).Select(pair => pair.Key));
    }

    private static readonly string s_topic = Path.Combine(Repository.Root, "en-US/about_LinuxNamespaces.help.txt");

    private static readonly Dictionary<ErrorGroup, string> s_headings = new()
    {
        [ErrorGroup.Looking] = "Looking",
        [ErrorGroup.Keeping] = "Keeping namespaces, and limits",
        [ErrorGroup.Net] = "Net namespaces",
        [ErrorGroup.Starting] = "Starting programs",
        [ErrorGroup.Inside] = "Going inside",
        [ErrorGroup.Other] = "Everything else",
    };

    // Two columns, in lines of 78 characters at most.
    private static string DrawTopic()
    {
        const int Column = 33;
        const int Width = 78;
        StringBuilder text = new();
        foreach (IGrouping<ErrorGroup, KeyValuePair<string, ErrorIdAttribute>> group in ErrorIds.All.GroupBy(pair => pair.Value.Group).OrderBy(group => group.Key))
        {
            text.Append("    ").Append(s_headings[group.Key]).Append(":\n");
            foreach ((string id, ErrorIdAttribute description) in group)
            {
                StringBuilder line = new($"        {id}");
                bool isNew = true;
                foreach (string word in description.Meaning.Split(' '))
                {
                    if (isNew ? line.Length >= Column : line.Length + 1 + word.Length > Width)
                    {
                        text.Append(line).Append('\n');
                        line.Clear();
                        isNew = true;
                    }

                    line.Append(isNew ? new string(' ', Column - line.Length) : " ").Append(word);
                    isNew = false;
                }

                text.Append(line).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    // Ids that are listed already stay where they are.
    private static void Rewrite(string file, HashSet<string> listed, HashSet<string> reached)
    {
        if (listed.SetEquals(reached))
        {
            return;
        }

        string text = File.ReadAllText(file);
        string ids = string.Join(", ", ErrorIds.All.Keys.Where(reached.Contains).Select(id => $"`{id}`"));
        File.WriteAllText(file, ErrorsLine().Replace(text, $"Errors: {ids}.\n\n", 1));
    }

    [GeneratedRegex(@"(?:new NamespaceException|\bnew)\(\s*""([A-Z][a-z]+[A-Z]\w+)"",")]
    private static partial Regex ThrownLiteral();

    [GeneratedRegex(@"(?ms)^Errors?: .*?\n\n")]
    private static partial Regex ErrorsLine();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Id();
}
