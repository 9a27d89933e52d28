using System.Collections.Generic;

namespace LinuxNamespaces;

/// <summary>
/// The one way from the types of this room to the machine. They are plain data; a value that is looked up when it is first asked for comes
/// through here.
/// </summary>
internal interface IMachine
{
    /// <summary>The machine the module runs on. Set when the assembly is loaded.</summary>
    internal static IMachine This { get; set; } = null!;

    /// <summary>The id of the running kernel's start; null where it cannot be read.</summary>
    string? BootId { get; }

    /// <summary>The name of a user; the number where it has none.</summary>
    string UserNameOf(uint userId);

    /// <summary>When the process that has a PID now was started, in clock ticks since boot; null where there is none.</summary>
    ulong? StartTicksOf(int processId);

    /// <summary>The same; null also for a zombie.</summary>
    ulong? StartTicksOfLiving(int processId);

    /// <summary>Whether a child of the session has ended, and with what.</summary>
    ProcessEnd EndOf(object child);

    /// <summary>The usage of the control group of a child of the session; nothing where it has none.</summary>
    GroupUsage UsageOf(object child);

    /// <summary>Fills in the processes of net namespaces that were found together: one look serves them all.</summary>
    void ReadProcesses(IReadOnlyList<NetNamespaceInfo> listing);

    /// <summary>Fills in owner and number of interfaces.</summary>
    void ReadDetails(IReadOnlyList<NetNamespaceInfo> listing);

    /// <summary>Reads the content of a namespace; values that cannot be read are null.</summary>
    NamespaceContent ReadContent(NamespaceInfo info);

    /// <summary>Fills in the processes that hold sockets: one look serves a whole listing.</summary>
    void ReadHolders(IReadOnlyList<NetNamespaceConnection> listing);
}
