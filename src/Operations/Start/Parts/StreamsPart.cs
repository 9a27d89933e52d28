using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>A file to read from; null inherits.</summary>
    internal string? StandardInput { get; init; }

    /// <summary>A file to write to; null inherits.</summary>
    internal string? StandardOutput { get; init; }

    /// <summary>A file to write errors to; null inherits.</summary>
    internal string? StandardError { get; init; }

    /// <summary>
    /// Open files the program gets, by number: for 0 to 2 instead of what the session has there, from 3 on without a gap. Held by the
    /// caller until the start has ended.
    /// </summary>
    internal IReadOnlyList<SafeHandle?> Descriptors { get; init; } = [];
}

/// <summary>The descriptors of the program, and that it gets no others.</summary>
internal sealed class StreamsPart(SpawnRequest request) : StartPart
{
    // After the standard three.
    private const int FirstNumber = 3;

    private readonly SpawnRequest _request = request;

    internal override PartNeeds Needs =>
        _request.Descriptors.Count > 0 || _request.StandardInput is not null || _request.StandardOutput is not null || _request.StandardError is not null
            || !OpenDescriptors.CanBeClosedAtOnce
            ? PartNeeds.SessionDescriptors
            : PartNeeds.None;

    internal override void Validate() => RequestRules.CheckNoNul(_request.StandardInput, _request.StandardOutput, _request.StandardError);

    internal override IEnumerable<NamespaceException?> Forecast(SessionFiles files) =>
        new[] { (File: _request.StandardInput, Failure: _request.StandardInput is null ? 0 : SessionFiles.Look(_request.StandardInput)) }
            .Concat(new[] { _request.StandardOutput, _request.StandardError }.Select(file => (File: file, Failure: SessionFiles.LookAtDirectory(Path.GetDirectoryName(file)))))
            .Where(stream => stream.Failure != 0)
            .Select(stream => Refused(new LinuxException(stream.Failure, "open", SafeText.Escape(stream.File!))))
            .Take(1);

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        switch (stage)
        {
            case StartStage.Begin when steps.Descriptors.AreOwn:
                CloseOthers(steps, FirstNumber, LibC.CLOSE_RANGE_UNSHARE);
                break;
            case StartStage.Make when steps.Need(PartNeeds.Scratch) && !steps.Descriptors.AreOwn:
                // The number of the next file to be opened is 0 from here on.
                steps.Add("close", LibCExports.close, [steps.Scratch], mayFail: true);
                if (steps.Need(PartNeeds.MoreScratch))
                {
                    steps.Add("close", LibCExports.close, [1], mayFail: true);
                    steps.Add("close", LibCExports.close, [2], mayFail: true);
                }

                break;
            case StartStage.Finish when !steps.Descriptors.AreOwn:
                Fill(steps);
                break;
        }
    }

    /// <summary>Explains a standard stream that cannot be opened.</summary>
    internal static NamespaceException Refused(LinuxException failure) => new(
        ErrorIds.RedirectFailed,
        $"The file '{failure.Path}' cannot be a standard stream of the program.",
        failure.NativeErrorCode switch
        {
            LibC.ENOENT or LibC.ENOTDIR => "Make its directory first; a file to read from must exist.",
            LibC.EISDIR => "Name a file instead of a directory.",
            LibC.EPERM or LibC.EACCES or LibC.EROFS => "The session's user must be allowed to open it.",
            _ => null,
        },
        failure);

    private void Fill(StepList steps)
    {
        if (_request.StandardInput is not null || steps.Need(PartNeeds.Scratch) || IsPassed(0))
        {
            Put(steps, SpawnDescriptor.StandardInput, 0, _request.StandardInput);
        }

        if (_request.StandardOutput is not null || steps.Need(PartNeeds.MoreScratch) || IsPassed(1))
        {
            Put(steps, SpawnDescriptor.StandardOutput, 1, _request.StandardOutput);
        }

        if (_request.StandardError is not null || steps.Need(PartNeeds.MoreScratch) || IsPassed(2))
        {
            Put(steps, SpawnDescriptor.StandardError, 2, _request.StandardError);
        }

        int first = FirstNumber;
        for (; IsPassed(first); first++)
        {
            Put(steps, SpawnDescriptor.Passed + first - FirstNumber, first, null);
        }

        if (OpenDescriptors.CanBeClosedAtOnce)
        {
            CloseOthers(steps, first, LibC.CLOSE_RANGE_CLOEXEC);
        }
        else
        {
            // The session's own files and the runtime's have the flag; what does not was there when the session began, or somebody wanted
            // it inherited by another program.
            foreach (int number in OpenDescriptors.ReadInheritable().Where(number => number >= first))
            {
                steps.Add("fcntl", LibCExports.fcntl, [number, LibC.F_SETFD, LibC.FD_CLOEXEC], mayFail: true);
            }
        }

        // Last, so that a start that fails before costs nobody the content of a file. A file without a length needs none.
        Empty(steps, 1, _request.StandardOutput);
        Empty(steps, 2, _request.StandardError);
    }

    private bool IsPassed(int number) => number < _request.Descriptors.Count && _request.Descriptors[number] is not null;

    private void Empty(StepList steps, int number, string? file)
    {
        if (file is not null && !IsPassed(number))
        {
            steps.Add("ftruncate", LibCExports.ftruncate, [number, 0], mayFail: true);
        }
    }

    private static void Put(StepList steps, SpawnDescriptor from, int to, string? file) =>
        steps.Add("dup2", LibCExports.dup2, [from, to], file is null ? null : $"descriptor {to} is {SafeText.Escape(file)}");

    private static void CloseOthers(StepList steps, int first, int flags) =>
        steps.Add("close_range", LibCExports.syscall, [LibC.SYS_close_range, first, uint.MaxValue, flags], explain: KernelTooOld);

    // close_range(2) keeps the session's descriptors out of programs.
    private static NamespaceException? KernelTooOld(LinuxException failure) => failure.NativeErrorCode is LibC.ENOSYS or LibC.EINVAL
        ? SpawnSupport.KernelTooOld("keep the session's descriptors out of a program (close_range(2) with its flags)", failure)
        : null;
}
