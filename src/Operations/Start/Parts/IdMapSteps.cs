using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>
/// The steps of a child that writes its own id maps, which the kernel allows where each is the one line of the caller's own
/// id: nobody need wait for anybody. All other maps are written by the session at a gate: <see cref="IdMapWriter"/>.
/// </summary>
internal static class IdMapSteps
{
    /// <summary>Whether the kernel lets the child itself write the maps of this request, should it be the first process of its namespace.</summary>
    internal static bool CanWrite(SpawnRequest request) =>
        request.Join.Count == 0 && request.Owner is null
        && (request.UserMap is not null || request.GroupMap is not null || request.SetGroups is not null)
        && request.UserMap?.IsOnly(ProcessCredentials.UserId) != false
        && (request.GroupMap is null || (request.GroupMap.IsOnly(ProcessCredentials.GroupId) && request.SetGroups == SetGroupsPolicy.Deny));

    /// <summary>What is written, in order, for people.</summary>
    internal static IEnumerable<string> Describe(SpawnRequest request) => Files(request).Select(file => file.Text);

    internal static void AddTo(List<ChildStep> steps, SpawnRequest request, ChildDescriptors descriptors, SpawnFailure failure)
    {
        foreach ((string name, string content, string text, IdMap? map) in Files(request))
        {
            Add(steps, descriptors, name, content, text, map is null ? null : refusal => failure.Map(refusal, map));
        }
    }

    // setgroups first, because a caller without privileges may write gid_map only after "deny".
    private static IEnumerable<(string Name, string Content, string Text, IdMap? Map)> Files(SpawnRequest request)
    {
        if (request.SetGroups is SetGroupsPolicy policy)
        {
            string word = policy.ToString().ToLowerInvariant();
            yield return ("setgroups", word, $"setgroups {word}", null);
        }

        foreach (IdMap map in new[] { request.GroupMap, request.UserMap }.OfType<IdMap>())
        {
            yield return (map.FileName, map.ToString(), $"{map.FileName} {string.Join("; ", map.Ranges)}", map);
        }
    }

    private static void Add(List<ChildStep> steps, ChildDescriptors descriptors, string name, string content, string text, Func<LinuxException, NamespaceException?>? explain)
    {
        string subject = "/proc/self/" + name;
        steps.Add(new ChildStep("openat", LibCExports.openat, descriptors.ProcDirectory, descriptors.ProcPath("self/" + name), LibC.O_WRONLY, 0) { Subject = subject, Explain = explain, IsCheckedLater = descriptors.AreOwn });
        steps.Add(new ChildStep("write", LibCExports.write, descriptors.Scratch, content, Encoding.ASCII.GetByteCount(content)) { Text = text, Subject = subject, Explain = explain });
        steps.Add(new ChildStep("close", LibCExports.close, descriptors.Scratch) { MayFail = true });
    }
}
