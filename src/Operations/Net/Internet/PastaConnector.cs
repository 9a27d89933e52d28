using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Net.Links;

namespace LinuxNamespaces.Operations.Net.Internet;

/// <summary>
/// Gives a net namespace of an ordinary user a way out by the program <c>pasta</c>: it makes an interface there, and passes on by sockets of its own what comes from it.
/// No port of either side is passed on to the other, and the host's lo is not reached.
/// </summary>
internal sealed class PastaConnector : IDisposable
{
    private readonly string _pasta = OutsideProgram.Require(PastaProcess.Program, "passt");
    private readonly NetConnectionSide _side;
    private readonly NamespaceHandle _owner;
    private readonly PastaProcess? _known;
    private readonly string _interfaceName;
    private readonly int? _mtu;

    /// <summary>Makes the plan.</summary>
    /// <param name="side">The net namespace.</param>
    /// <param name="host">The net namespace of the session.</param>
    /// <param name="interfaceName">The name of the interface to be made; null for that of the host's interface.</param>
    /// <param name="mtu">Its MTU; null for the largest there is.</param>
    /// <exception cref="NamespaceException">NoWayOut, ProgramNotFound, InternetRefused, InterfaceExists, ProcNotMounted.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal PastaConnector(NetConnectionSide side, NetConnectionSide host, string? interfaceName, int? mtu)
    {
        _side = side;
        _mtu = mtu;
        string uplink = FindUplink(host);
        _known = PastaProcess.Find(side.Handle.Inode);
        try
        {
            _interfaceName = interfaceName ?? _known?.InterfaceName ?? uplink;
            InterfaceName.Validate(_interfaceName);
            if (_known is not null && _known.InterfaceName != _interfaceName)
            {
                throw new NamespaceException(
                    ErrorIds.InternetRefused, $"{side.Name} has a way out already, by {SafeText.Escape(_known.InterfaceName)}.", "End it first, with Disconnect-NetNamespace.");
            }

            if (_known is null && side.FindLink(_interfaceName) is not null)
            {
                throw new NamespaceException(ErrorIds.InterfaceExists, $"There is an interface '{SafeText.Escape(_interfaceName)}' in {side.Name} already.", "Give another -InterfaceName.");
            }

            _owner = side.Handle.OpenOwner() ?? throw NotOurs(side);
        }
        catch
        {
            _known?.Dispose();
            throw;
        }
    }

    /// <summary>The steps of Connect, for people.</summary>
    internal IEnumerable<string> Describe()
    {
        if (_known is not null)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Leave pasta (process {_known.ProcessId}) as it is, which serves {_side.Name} by {_interfaceName}.");
            yield break;
        }

        yield return $"Start pasta: it makes {_interfaceName} in {_side.Name}, with the addresses and the routes of the host.";
        yield return "Pass no port on, neither into the net namespace nor out of it, and nothing to lo of the host.";
    }

    /// <summary>Starts pasta where it does not run yet.</summary>
    /// <returns>The name of the interface.</returns>
    /// <exception cref="NamespaceException">InternetRefused, NamespaceGone; nothing is left behind.</exception>
    /// <exception cref="LinuxException">The kernel refused; nothing is left behind.</exception>
    internal string Connect()
    {
        if (_known is not null)
        {
            return _interfaceName;
        }

        using ProcFileSystem proc = ProcFileSystem.Open();
        using ProcessHandle? process = OpenProcess(proc);
        PastaMark mark = new(_side.Handle.Inode, process?.ProcessId ?? 0, process?.StartTicks ?? 0);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("linuxnamespaces-");
        try
        {
            ProgramAnswer answer = OutsideProgram.Run(_pasta, Words(Path.Combine(folder.FullName, PastaProcess.NameOf(mark)), process, proc.OwnProcessId));
            if (answer.ExitCode != 0)
            {
                throw Refused(answer);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        using PastaProcess started = PastaProcess.Find(_side.Handle.Inode) ?? throw NotThere();
        if (_side.FindLink(_interfaceName) is null || (process is not null && !IsIn(process)))
        {
            started.End();
            throw NotThere();
        }

        return _interfaceName;
    }

    /// <summary>The step of ending it, for people.</summary>
    internal static string DescribeEnd(PastaProcess process, NetConnectionSide side) =>
        string.Create(CultureInfo.InvariantCulture, $"End pasta (process {process.ProcessId}), and with it {process.InterfaceName} in {side.Name}.");

    public void Dispose()
    {
        _owner.Dispose();
        _known?.Dispose();
    }

    // pasta copies the addresses and routes of the interface with the first default route, of IPv4 before IPv6.
    private static string FindUplink(NetConnectionSide host)
    {
        HashSet<int> ways = [.. host.ReadRoutes()
            .Where(route => route.PrefixLength == 0 && route.Type == LibC.RTN_UNICAST && route.Table == LibC.RT_TABLE_MAIN)
            .OrderBy(route => route.Destination.AddressFamily)
            .Select(route => route.InterfaceIndex)];
        List<LinkMessage> links = host.ReadLinks();
        return ways.Select(index => links.Find(link => link.Index == index && !link.IsLoopback)?.Name).FirstOrDefault(name => name is not null) ?? throw new NamespaceException(
            ErrorIds.NoWayOut, "The host has no default route: there is no way out to share.", "Connect the host first.");
    }

    private IEnumerable<string> Words(string markFile, ProcessHandle? process, int own)
    {
        string[] words = ["--config-net", "--quiet", "--no-map-gw", "-t", "none", "-u", "none", "-T", "none", "-U", "none", PastaProcess.MarkSwitch, markFile, PastaProcess.InterfaceSwitch, _interfaceName];
        string[] mtu = _mtu is int size ? ["--mtu", size.ToString(CultureInfo.InvariantCulture)] : [];

        // It ends by itself when the path of the net namespace does not lead to it any more. The session's own descriptors are gone long before that.
        string[] net = process is null ? ["--no-netns-quit", "--netns", PathOf(_side.Handle, own)] : ["--netns", string.Create(CultureInfo.InvariantCulture, $"/proc/{process.ProcessId}/ns/net")];
        return [.. words, .. mtu, .. net, "--userns", PathOf(_owner, own)];
    }

    private static string PathOf(NamespaceHandle handle, int own) => string.Create(CultureInfo.InvariantCulture, $"/proc/{own}/fd/{handle.Descriptor}");

    // The process that was named, or the first that is there; null for a net namespace without a process.
    private ProcessHandle? OpenProcess(ProcFileSystem proc)
    {
        IEnumerable<int> candidates = _side.ProcessId is int named ? [named] : proc.ReadProcessIds().Where(id => proc.ReadNamespaceInode(id, NamespaceLink.PathOf(NamespaceType.Net)) == _side.Handle.Inode);
        foreach (int candidate in candidates)
        {
            ProcessHandle? process = ProcessHandle.TryOpen(candidate);
            if (process is not null && IsIn(process))
            {
                return process;
            }

            process?.Dispose();
        }

        return null;
    }

    private bool IsIn(ProcessHandle process) => process.View().ReadNamespaceInode(NamespaceLink.PathOf(NamespaceType.Net)) == _side.Handle.Inode;

    private NamespaceException NotThere() => new(ErrorIds.NamespaceGone, $"{_side.Name} has ended while pasta was started.", null);

    private static NamespaceException NotOurs(NetConnectionSide side) => new(
        ErrorIds.InternetRefused, $"{side.Name} belongs to a user namespace out of sight.", "An ordinary user can give a way out to net namespaces of their own user namespaces; root to any.");

    private static NamespaceException Refused(ProgramAnswer answer) => new(
        ErrorIds.InternetRefused,
        $"The program pasta refused: {answer.FirstLine}",
        "The device /dev/net/tun is needed, open to this user, and a net namespace that belongs to a user namespace of this user.");
}
