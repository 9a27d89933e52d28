using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>Gives net namespaces ids.</summary>
internal static class NetNsIdAssignment
{
    /// <summary>Gives a namespace an id.</summary>
    /// <exception cref="NamespaceException">It has one already, or the id is another's.</exception>
    /// <exception cref="LinuxException">The kernel refused for another reason.</exception>
    internal static void Assign(this NetNsIds ids, NamespaceHandle target, string name, NetNsIdChoice choice)
    {
        try
        {
            ids.Set(target, name, choice.Id);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EEXIST && ids.Find(target) is not null)
        {
            throw new NamespaceException(
                ErrorIds.NetNsIdAlreadyAssigned,
                $"Net namespace '{name}' has the id {ids.Find(target)} already.",
                "The kernel never changes an id once it is assigned; it is released with the namespace.",
                exception);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode is LibC.EEXIST or LibC.ENOSPC)
        {
            throw new NamespaceException(
                ErrorIds.NetNsIdInUse,
                $"The id {choice} belongs to another net namespace.",
                "Choose another, or Auto; Get-NetNamespace shows those in use.",
                exception);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode == LibC.EPERM)
        {
            throw NetNamespaceDirectory.Denied(exception.NativeErrorCode, exception.Syscall, name);
        }
    }
}
