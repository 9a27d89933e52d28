using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

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

    /// <summary>What is written, in order: setgroups first, because a caller without privileges may write gid_map only after "deny".</summary>
    internal static IEnumerable<string> Describe(SpawnRequest request)
    {
        if (request.SetGroups is SetGroupsPolicy policy)
        {
            yield return $"setgroups {policy.ToString().ToLowerInvariant()}";
        }

        foreach (IdMap map in Maps(request))
        {
            yield return $"{map.FileName} {string.Join("; ", map.Ranges)}";
        }
    }

    /// <summary>Descriptor 0 must be free.</summary>
    internal static void AddTo(List<ChildStep> steps, SpawnRequest request, SpawnFailure failure)
    {
        Queue<string> texts = new(Describe(request));
        if (request.SetGroups is SetGroupsPolicy policy)
        {
            Add(steps, "setgroups", policy.ToString().ToLowerInvariant(), texts.Dequeue(), null);
        }

        foreach (IdMap map in Maps(request))
        {
            Add(steps, map.FileName, map.ToString(), texts.Dequeue(), refusal => failure.Map(refusal, map));
        }
    }

    private static IEnumerable<IdMap> Maps(SpawnRequest request) => new[] { request.GroupMap, request.UserMap }.OfType<IdMap>();

    private static void Add(List<ChildStep> steps, string name, string content, string text, Func<LinuxException, NamespaceException?>? explain)
    {
        string subject = "/proc/self/" + name;
        steps.Add(new ChildStep("openat", LibCExports.openat, SpawnDescriptor.Proc, "self/" + name, LibC.O_WRONLY, 0) { Subject = subject, Explain = explain });
        steps.Add(new ChildStep("write", LibCExports.write, 0, content, Encoding.ASCII.GetByteCount(content)) { Text = text, Subject = subject, Explain = explain });
        steps.Add(new ChildStep("close", LibCExports.close, 0) { MayFail = true });
    }
}
