using System.Collections;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters.Completers;

namespace LinuxNamespaces.Commands;

/// <summary>The parameters that take away what a program may do.</summary>
public abstract class ConfinedProcessCommand : ProcessFilesCommand
{
    private protected ConfinedProcessCommand()
    {
    }

    /// <summary>Indicates that a program that is not trusted gets safe defaults. Each is replaced by naming its parameter.</summary>
    [Parameter]
    public SwitchParameter Sandbox { get; set; }

    /// <summary>Indicates that the program and its children never gain privileges, for example by set-user-ID programs.</summary>
    [Parameter]
    public SwitchParameter NoNewPrivileges { get; set; }

    /// <summary>Specifies the only capabilities of the program.</summary>
    [Parameter, ValidateNotNull, AllowEmptyCollection]
    [ArgumentCompleter(typeof(CapabilityCompleter))]
    public string[]? Capability { get; set; }

    /// <summary>Specifies capabilities that the program can never have.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CapabilityCompleter))]
    public string[]? DropCapability { get; set; }

    /// <summary>Specifies the secure bits of the program.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public SecureBits[]? SecureBits { get; set; }

    /// <summary>Indicates that no user namespaces can be created inside.</summary>
    [Parameter]
    public SwitchParameter DisableUserNamespaces { get; set; }

    /// <summary>Indicates that the program has a session of its own, without this terminal.</summary>
    [Parameter]
    public SwitchParameter NewSession { get; set; }

    /// <summary>Specifies the permission bits that new files do not get, in octal digits.</summary>
    [Parameter, ValidatePattern("^[0-7]{1,4}$")]
    public string? Umask { get; set; }

    /// <summary>Specifies the priority, from -20 (highest) to 19.</summary>
    [Parameter, ValidateNotNull]
    public int? Nice { get; set; }

    /// <summary>Specifies limits of setrlimit(2) by name: a number, unlimited, or soft:hard.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public IDictionary? ResourceLimit { get; set; }

    /// <summary>Specifies the most memory of the program and its children together, in bytes.</summary>
    [Parameter, ValidateNotNull]
    [ValidateRange(1, long.MaxValue)]
    public long? MemoryLimit { get; set; }

    /// <summary>Specifies the processor time of the program and its children together, in processors: 0.5 is half of one.</summary>
    [Parameter, ValidateNotNull]
    [ValidateRange(0.01, 100000.0)]
    public double? CpuLimit { get; set; }

    /// <summary>Specifies the most processes and threads of the program and its children together.</summary>
    [Parameter, ValidateNotNull]
    [ValidateRange(1, 4194304)]
    public int? ProcessLimit { get; set; }

    /// <summary>Specifies the share of the disks beside other control groups, from 1 to 10000.</summary>
    [Parameter, ValidateNotNull]
    [ValidateRange(1, 10000)]
    public int? IoWeight { get; set; }

    /// <summary>Specifies a seccomp profile in the form of container engines.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? SeccompProfile { get; set; }

    /// <summary>Specifies the only files and ports that the program may use: Read, Write, Connect and Bind.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public IDictionary? Landlock { get; set; }
}
