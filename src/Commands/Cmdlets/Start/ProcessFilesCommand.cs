using System.Collections;
using System.Management.Automation;

namespace LinuxNamespaces.Commands;

/// <summary>The parameters that give a program files of its own.</summary>
public abstract class ProcessFilesCommand : ProcessIdentityCommand
{
    private protected ProcessFilesCommand()
    {
    }

    /// <summary>Specifies files and directories of this session, each at a path of the program.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public BindMount[]? Bind { get; set; }

    /// <summary>Specifies files and directories of this session that the program can only read.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public BindMount[]? ReadOnlyBind { get; set; }

    /// <summary>Specifies where empty file systems in memory are mounted.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public TmpfsMount[]? Tmpfs { get; set; }

    /// <summary>Specifies directories that lie over each other, and whether changes are discarded or kept elsewhere.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public OverlayMount[]? Overlay { get; set; }

    /// <summary>Specifies paths that are hidden from the program.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string[]? Mask { get; set; }

    /// <summary>Indicates that the program has a small /dev of its own.</summary>
    [Parameter]
    public SwitchParameter Dev { get; set; }

    /// <summary>Indicates that the root and the mounts below are read-only, except what other parameters put there.</summary>
    [Parameter]
    public SwitchParameter ReadOnlyRoot { get; set; }

    /// <summary>Specifies symbolic links to create: the path of each, and its target.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public IDictionary? Symlink { get; set; }

    /// <summary>Specifies files to create: the path of each, and its content.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public IDictionary? File { get; set; }
}
