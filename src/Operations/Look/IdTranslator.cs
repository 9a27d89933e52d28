using System.Globalization;
using System.Linq;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Look;

/// <summary>Translates ids from one user namespace to another, by way of the session's own: the kernel shows all maps as that sees them.</summary>
internal sealed class IdTranslator
{
    private readonly UserMaps _from;
    private readonly UserMaps _to;
    private readonly UserDatabase _users = new();

    /// <exception cref="NamespaceException">UserNamespaceOutOfSight, NamespaceHasNoProcess, ProcessNotFound.</exception>
    /// <exception cref="LinuxException">A map cannot be read.</exception>
    internal IdTranslator(LookTarget from, LookTarget to)
    {
        _from = ReadMaps(from);
        _to = ReadMaps(to);
    }

    /// <summary>One id.</summary>
    /// <exception cref="NamespaceException">IdNotMapped.</exception>
    internal NamespaceIdTranslation Translate(uint id, bool isGroup)
    {
        uint? found = _from.ToSession(id, isGroup) is uint between ? _to.FromSession(between, isGroup) : null;
        string what = isGroup ? "group" : "user";
        return new NamespaceIdTranslation
        {
            IsGroup = isGroup,
            SourceId = id,
            From = _from.Name,
            FromInode = _from.Inode,
            To = _to.Name,
            ToInode = _to.Inode,
            Id = found ?? throw new NamespaceException(
                ErrorIds.IdNotMapped,
                string.Create(CultureInfo.InvariantCulture, $"The {what} id {id} of {_from.Name} has none in {_to.Name}."),
                "Get-NamespaceIdMap shows which ids each has; inside, a file of such an id belongs to 65534."),
            Name = _to.IsOwn ? NameOf(found.Value, isGroup) : null,
        };
    }

    private string? NameOf(uint id, bool isGroup)
    {
        string number = id.ToString(CultureInfo.InvariantCulture);
        string? name = isGroup ? AccountFile.ReadGroups().Where(group => group.Id == number).Select(group => group.Name).FirstOrDefault() : _users.NameOf(id);
        return name == number ? null : name;
    }

    // For a namespace that is not below the session's, the kernel shows ids that mean something else.
    private static UserMaps ReadMaps(LookTarget target) => target.IsOwn || IsBelowOwn(target.Handle) ? IdMapReader.ReadMaps(target) : throw new NamespaceException(
        ErrorIds.UserNamespaceOutOfSight,
        $"{target.Name} is not below this session's user namespace, so that its ids cannot be told here.",
        "Ask from a session in a user namespace above both.");

    private static bool IsBelowOwn(NamespaceHandle handle)
    {
        using ProcessDirectory own = ProcessDirectory.OpenOwnThread();
        ulong inode = own.ReadNamespaceInode(NamespaceLink.PathOf(NamespaceType.User));
        NamespaceHandle? above = handle.OpenParent();
        while (above is not null && above.Inode != inode)
        {
            using NamespaceHandle below = above;
            above = below.OpenParent();
        }

        bool isBelow = above is not null;
        above?.Dispose();
        return isBelow;
    }
}
