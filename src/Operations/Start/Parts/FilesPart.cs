using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Files;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The paths of the child that are to be something else than in the session.</summary>
    internal IReadOnlyList<FileEntry> Files { get; init; } = [];

    /// <summary>The root of the program is read-only; what <see cref="Files"/> mounts is not.</summary>
    internal bool ReadOnlyRoot { get; init; }

    /// <summary>All that decides about the files of the child.</summary>
    internal FileWishes FileWishes => new(Files, Root, ProcDirectory, ReadOnlyRoot, Types.Contains(NamespaceType.User));
}

/// <summary>
/// File systems of the child's own: binds, tmpfs, overlays, hidden paths. All are attached to descriptors that were opened below the new root, while
/// the old one is still there; then <see cref="RootPart"/> goes over.
/// </summary>
internal sealed class FilesPart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;
    private readonly FileLayout? _layout = request.FileWishes.AreAny ? FileLayout.Of(request.FileWishes) : null;

    internal override PartNeeds Needs => _layout is null ? PartNeeds.None : PartNeeds.Scratch | PartNeeds.MoreScratch;

    internal override void Validate()
    {
        if (_layout is null)
        {
            return;
        }

        RequestRules.Require(_request.Types, NamespaceType.Mnt, true, "-Bind, -Tmpfs and the other file parameters");
        foreach (FileEntry entry in _request.Files)
        {
            entry.CheckNoNul();
        }

        if (_request.Propagation is MountPropagation.Shared or MountPropagation.Unchanged)
        {
            throw RequestRules.Invalid("Mounts of the program would appear in this session with -Propagation Shared or Unchanged.", "Use -Propagation Private, which is the default, or Slave.");
        }

        _layout.Validate();
    }

    internal override bool Hides(string path) => _layout?.Hides(path) == true;

    // The child may have more rights than the session: only what is not there says something.
    internal override IEnumerable<NamespaceException?> Forecast(SessionFiles files)
    {
        foreach (FileEntry entry in _layout is null ? [] : _request.Files)
        {
            string[] sources = entry.Kind == FileEntryKind.Bind ? [entry.Source] : [.. entry.Lower, .. entry.Upper is null ? [] : new[] { entry.Upper, entry.Work! }];
            foreach (string source in sources.Where(source => SessionFiles.IsMissing(SessionFiles.Look(source))))
            {
                yield return FileRefusal.Of(entry, new LinuxException(SessionFiles.Look(source), "open_tree", SafeText.Escape(source)));
            }

            if (entry.IsMount && entry.Target != "/" && !_layout!.IsOwnSpace(entry.Target) && _layout.IsDirectory(entry.Target) is null && entry.Kind != FileEntryKind.Mask)
            {
                yield return FileRefusal.Of(entry, new LinuxException(LibC.ENOENT, "openat2", SafeText.Escape(entry.Target)));
            }
        }
    }

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage == StartStage.BeforeRoot && _layout is not null)
        {
            new FileSteps(steps, _layout, _request.FileWishes).Add();
        }
    }
}
