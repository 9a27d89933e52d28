using System.Collections;
using System.Management.Automation;

namespace LinuxNamespaces.Commands;

/// <summary>The parameters that give a program files of its own.</summary>
public abstract class ProcessFilesCommand : NamespaceCmdlet
{
    private protected ProcessFilesCommand()
    {
    }

    /// <summary>Files and directories of this session, each at a path of the program.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public BindMount[]? Bind { get; set; }

    /// <summary>The same, to be read alone.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public BindMount[]? ReadOnlyBind { get; set; }

    /// <summary>Empty file systems in memory.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public TmpfsMount[]? Tmpfs { get; set; }

    /// <summary>Directories one over the other, with changes that are thrown away or kept elsewhere.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public OverlayMount[]? Overlay { get; set; }

    /// <summary>Paths that are hidden from the program.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string[]? Mask { get; set; }

    /// <summary>A small /dev of its own.</summary>
    [Parameter]
    public SwitchParameter Dev { get; set; }

    /// <summary>The root and what is mounted below are read-only, but for what the other parameters put there.</summary>
    [Parameter]
    public SwitchParameter ReadOnlyRoot { get; set; }

    /// <summary>Symbolic links to make: where each is, and where it leads.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public IDictionary? Symlink { get; set; }

    /// <summary>Files to make: where each is, and its content.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public IDictionary? File { get; set; }
}
