using System.Globalization;

namespace LinuxNamespaces.Operations.Containers;

/// <summary>A container as its runtime knows it.</summary>
/// <param name="Runtime">docker, podman, containerd, cri-o, kubernetes, lxc, incus, lxd, libvirt, nspawn, runc, crun; oci where the path does not show it.</param>
/// <param name="Id">The whole id, or the name where the runtime goes by names; empty where only the runtime is known.</param>
/// <param name="Pod">The pod it belongs to: the uid of a Kubernetes pod, the id of a podman pod; null for none.</param>
internal sealed record Container(string Runtime, string Id, string? Pod)
{
    private const int LongId = 64;
    private const int ShortIdLength = 12;

    /// <summary>The user who made it, and may call it anything; 0 where only root can have.</summary>
    internal uint UserId { get; init; }

    /// <summary>The control group or mount namespace that identified it, which no two share; null where something else did.</summary>
    internal string? Place { get; init; }

    /// <summary>The name it goes by where it has one beside its id; null where that is not known.</summary>
    internal string? Name { get; init; }

    /// <summary>As the runtimes print it: the first 12 digits of a long id.</summary>
    internal string ShortId => Id.Length == LongId ? Id[..ShortIdLength] : Id;

    /// <summary>The key among the containers of its user: two runtimes may use one name, but not one long id.</summary>
    internal string Key => string.Create(CultureInfo.InvariantCulture, $"{UserId}:{(Id.Length == LongId ? Id : $"{Runtime}:{Id}")}");

    /// <summary><c>runtime:name</c>, else <c>runtime:id</c> with the short id, or the runtime alone.</summary>
    public override string ToString() => Id.Length == 0 ? Runtime : $"{Runtime}:{Name ?? ShortId}";
}
