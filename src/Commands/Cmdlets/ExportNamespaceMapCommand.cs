using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Find;
using LinuxNamespaces.Operations.Graph;

namespace LinuxNamespaces.Commands;

/// <summary>Writes a page with pictures of namespaces, networks and containers.</summary>
[Cmdlet(VerbsData.Export, "NamespaceMap", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(FileInfo))]
public sealed class ExportNamespaceMapCommand : NamespaceCmdlet
{
    private const string PathSet = "Path";
    private const string ShowSet = "Show";
    private const string AssetFolder = "assets";

    private readonly MapMachines _machines = new();
    private bool _wasGiven;
    private bool _wasRefused;

    /// <summary>Specifies the file to write. Wildcards are taken as they are.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [Parameter(Position = 0, ParameterSetName = ShowSet)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>
    /// Specifies what to draw: objects of Get-Namespace, Get-NetNamespaceInterface and Get-NamespaceProcess, also from other machines. Without any, this machine is
    /// looked at.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public PSObject[]? InputObject { get; set; }

    /// <summary>Specifies the kind of file. The default depends on the name: Svg for .svg, else Html.</summary>
    [Parameter]
    public NamespaceMapFormat? Format { get; set; }

    /// <summary>Specifies the picture that a page opens with, or that an SVG file holds.</summary>
    [Parameter]
    [ValidateNotNull]
    public NamespaceMapPicture Picture { get; set; } = NamespaceMapPicture.Networks;

    /// <summary>Specifies the heading.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    /// <summary>Indicates that the file is opened with the desktop's program for it. Without -Path, it is a temporary file.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ShowSet)]
    public SwitchParameter Show { get; set; }

    /// <summary>Indicates that a file that exists is not replaced.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Indicates that the cmdlet writes the file as an object.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Collects what is to be drawn.</summary>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        _wasGiven = true;
        foreach (PSObject item in InputObject)
        {
            Add(item);
        }
    }

    /// <summary>Draws.</summary>
    protected override void EndProcessing()
    {
        Require(Path, () =>
        {
            string path = Path is null ? TemporaryPath() : FileSystemPath.Resolve(SessionState, Path);
            if (!_wasGiven && !MyInvocation.ExpectingInput)
            {
                Survey();
            }
            else
            {
                AddProcesses();
            }

            if (!_machines.All.Any())
            {
                // Objects that cannot be drawn were reported already.
                if (_wasRefused)
                {
                    return;
                }

                throw new NamespaceException(
                    ErrorIds.NotDrawable, "There is nothing to draw.", "Give what Get-Namespace and Get-NetNamespaceInterface write, or nothing for this machine.");
            }

            if (ShouldProcess(path, "Write a map of namespaces"))
            {
                Write(path);
            }
        });
    }

    private NamespaceMapFormat FormatOf(string path) =>
        Format ?? (path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase) ? NamespaceMapFormat.Svg : NamespaceMapFormat.Html);

    private string TemporaryPath() =>
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"namespaces-{System.IO.Path.GetRandomFileName()}{(Format == NamespaceMapFormat.Svg ? ".svg" : ".html")}");

    private void Add(PSObject item)
    {
        (string name, string? bootId, bool isOther, bool isOld) = DeserializedObject.ReadOrigin(item);
        MapMachine machine = _machines.Of(name, bootId, isOther, isOld);
        if (DeserializedObject.ReadInterface(item) is NetNamespaceInterface link)
        {
            machine.Interfaces.Add(link);
        }
        else if (DeserializedObject.ReadNamespace(item) is NamespaceInfo ns)
        {
            machine.Namespaces.Add(ns);
            if (item.BaseObject is NamespaceInfo)
            {
                machine.LiveNamespaces.Add(ns);
            }
        }
        else if (DeserializedObject.ReadProcess(item) is NamespaceProcess process)
        {
            machine.Processes.Add(process);
        }
        else
        {
            _wasRefused = true;
            WriteError(ErrorRecords.Create(
                ErrorIds.NotDrawable,
                $"'{SafeText.Escape($"{item}")}' is neither a namespace nor a network interface nor a process.",
                "Give what Get-Namespace, Get-NetNamespaceInterface and Get-NamespaceProcess write.",
                item));
        }
    }

    private void Survey()
    {
        LateProgress progress = new(this, "Looking for namespaces and interfaces");
        InventoryResult result = MapSurvey.Read(_machines.This, progress.Report, Stop);
        progress.Complete();
        InventoryReport.Write(this, result, warn: true);
    }

    // Live objects are of this machine, which can be asked what containers share.
    private void AddProcesses()
    {
        foreach (MapMachine machine in _machines.All.Where(machine => machine.LiveNamespaces.Count > 0))
        {
            MapSurvey.AddProcesses(machine, machine.LiveNamespaces, Stop);
        }
    }

    private void Write(string path)
    {
        MapMachine[] machines = _machines.Sort();
        NamespaceMap map = NamespaceMap.Create(Title ?? $"Namespaces of {(machines.Length == 1 ? machines[0].Host : $"{machines.Length} machines")}", machines);
        string assets = System.IO.Path.Combine(MyInvocation.MyCommand.Module.ModuleBase, AssetFolder);
        string picture = $"{Picture}".ToLowerInvariant();
        string text = FormatOf(path) == NamespaceMapFormat.Svg
            ? MapDrawing.Write(map, picture, assets, Stop)
            : MapPage.Write(map, picture, assets, DateTime.Now);
        MapFile.Write(path, text, NoClobber);
        if (Show)
        {
            DesktopProgram.Open(path);
        }

        if (PassThru)
        {
            // As Get-Item gives it: the views of files need more than the file's name.
            WriteObject(InvokeProvider.Item.Get([path], force: true, literalPath: true), enumerateCollection: true);
        }
    }
}
