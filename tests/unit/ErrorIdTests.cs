using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using LinuxNamespaces.Operations.Find;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>The page of each cmdlet lists the ids of the errors that its code can lead to.</summary>
public partial class ErrorIdTests
{
    // What these throw is caught by themselves, and the last only sorts ids into categories.
    private static readonly string[] s_silent = ["NetInterfaceReader.OpenAll", "MapSurvey.AddInterfaces", "NetNamespaceWatch.FindId", "ErrorRecords.CategoryOf"];

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
        HashSet<string> ids = [.. AboutId().Matches(ReadErrors()).Select(match => match.Groups[1].Value)];
        Assert.True(ids.Count > 60);
        List<string> wrong = [];
        using CallGraph graph = new(typeof(NamespaceInventory).Assembly.Location);
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*-*.md"))
        {
            string cmdlet = Path.GetFileNameWithoutExtension(file);
            HashSet<string> listed = [.. Id().Matches(ErrorsLine().Match(File.ReadAllText(file)).Value).Select(match => match.Groups[1].Value)];
            HashSet<string> reached = graph.StringsFrom(cmdlet.Replace("-", "") + "Command", s_silent);
            reached.IntersectWith(ids);
            string[] impossible = s_impossible.GetValueOrDefault(cmdlet, []);
            wrong.AddRange(impossible.Except(reached).Select(id => $"{cmdlet} needs no exception for {id}"));
            wrong.AddRange(reached.Except(impossible).Except(listed).Select(id => $"{cmdlet} leaves out {id}"));
            wrong.AddRange(listed.Except(reached.Except(impossible)).Select(id => $"{cmdlet} cannot give {id}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Order()));
    }

    private static string ReadErrors() => File.ReadAllText(Path.Combine(Repository.Root, "en-US/about_LinuxNamespaces.help.txt")).Split("\nERRORS\n")[1].Split("\nSEE ALSO\n")[0];

    [GeneratedRegex(@"(?m)^        ([A-Z]\w+)(?: |$)")]
    private static partial Regex AboutId();

    [GeneratedRegex(@"(?ms)^Errors?: .*?\n\n")]
    private static partial Regex ErrorsLine();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Id();
}
