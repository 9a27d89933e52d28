using System.Collections.Generic;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>Where it starts, inside of <see cref="Root"/> where there is one; null stays where the session is, or goes to the root.</summary>
    internal string? WorkingDirectory { get; init; }

    /// <summary>Where it is before anything is joined, a path of the session; lost where a mount namespace is joined.</summary>
    internal string? InitialDirectory { get; init; }

    /// <summary>An open directory it starts in, whether that is inside or not.</summary>
    internal SafeHandle? StartDirectory { get; init; }
}

/// <summary>The directory the program works in.</summary>
internal sealed class DirectoriesPart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    internal override PartNeeds Needs => _request.StartDirectory is not null ? PartNeeds.SessionDescriptors : PartNeeds.None;

    // A path may lead out of a root by a magic link; a directory handed over is meant to.
    private bool MustBeChecked => _request.WorkingDirectory is not null
        && (_request.Root is not null || _request.FileWishes.ReplaceRoot || _request.RootDirectory is not null || _request.JoinedTypes.Contains(NamespaceType.Mnt));

    internal override void Validate() => RequestRules.CheckNoNul(_request.WorkingDirectory);

    internal override IEnumerable<NamespaceException?> Forecast(SessionFiles files)
    {
        if ((_request.WorkingDirectory ?? _request.InitialDirectory) is string directory && files.AreTheChilds(directory)
            && SessionFiles.LookAtDirectory(directory) is int errno && SessionFiles.IsMissing(errno))
        {
            yield return Refused(new LinuxException(errno, "chdir", SafeText.Escape(directory)));
        }
    }

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        switch (stage)
        {
            case StartStage.Outside when _request.InitialDirectory is string initial:
                // As the session, which may go where the user inside may not.
                Change(steps, initial, "start from");
                break;
            case StartStage.Place when _request.StartDirectory is SafeHandle start:
                steps.Add("fchdir", LibCExports.fchdir, [StepArgument.Held(start)], "work in the open directory", explain: Refused);
                break;
            case StartStage.Work when _request.WorkingDirectory is string directory:
                Change(steps, directory, "work in");
                if (MustBeChecked)
                {
                    // The call itself: glibc's getcwd goes looking where the kernel says that a directory is out of reach.
                    steps.Add("getcwd", LibCExports.syscall, [SystemCallNumber.getcwd, StepArgument.Result(SpawnResult.WorkingDirectory), ChildProgram.PathSize], mayFail: true);
                }

                break;
        }
    }

    internal override IEnumerable<GateWork> WorkAt(StartGate gate)
    {
        if (gate == StartGate.Last && MustBeChecked)
        {
            yield return new GateWork("checks that the working directory is inside of the root", Check);
        }
    }

    private void Change(StepList steps, string directory, string verb)
    {
        string shown = SafeText.Escape(directory);
        steps.Add("chdir", LibCExports.chdir, [directory], $"{verb} {shown}", shown, explain: Refused);
    }

    // A magic link such as /proc/1/cwd may lead out of a root.
    private void Check(SpawnGate gate)
    {
        // The kernel begins the name of an unreachable one with "(unreachable)". Nothing: there is no name, and so no proof.
        byte[] name = gate.ReadResult(SpawnResult.WorkingDirectory);
        if (name.Length == 0 || name[0] != (byte)'/')
        {
            throw new NamespaceException(
                ErrorIds.WorkingDirectoryOutsideRoot,
                $"The working directory '{SafeText.Escape(_request.WorkingDirectory!)}' leads out of the root{(_request.Root is null ? string.Empty : $" '{SafeText.Escape(_request.Root)}'")}.",
                "Name a directory inside of the root.");
        }
    }

    private NamespaceException? Refused(LinuxException failure) => new(
        ErrorIds.WorkingDirectoryNotFound,
        $"The program cannot work in '{failure.Path}'{(_request.Root is null ? string.Empty : $" below the root '{SafeText.Escape(_request.Root)}'")}.",
        "Name a directory that exists inside and may be entered, with -WorkingDirectory.",
        failure);
}
