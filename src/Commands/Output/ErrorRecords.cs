using System;
using System.Management.Automation;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Commands.Output;

/// <summary>Every ErrorRecord of the module is made here, so that ids and categories cannot drift.</summary>
internal abstract class ErrorRecords : ErrorIds
{
    /// <summary>From whatever the layers below throw.</summary>
    internal static ErrorRecord From(Exception exception, object? target = null)
    {
        ErrorRecord record = exception switch
        {
            NamespaceException known => new(known, known.ErrorId, CategoryOf(known), target),
            LinuxException linux => new(linux, SystemCallFailed, CategoryOf(linux.NativeErrorCode), target ?? linux.Path),
            _ => new(exception, exception.GetType().Name, ErrorCategory.NotSpecified, target),
        };
        if (exception is NamespaceException explained)
        {
            string cause = explained.InnerException is LinuxException call ? $" ({call.Message})" : string.Empty;
            record.ErrorDetails = new ErrorDetails(explained.Message + cause);
        }

        // Every error has a remedy: its own, or else one for its category.
        record.ErrorDetails ??= new ErrorDetails(exception.Message);
        record.ErrorDetails.RecommendedAction = (exception as NamespaceException)?.Remedy ?? RemedyOf(record.CategoryInfo.Category);
        if ((exception as LinuxException ?? exception.InnerException as LinuxException) is LinuxException refused)
        {
            record.ErrorDetails.RecommendedAction += (IsOfFilter(refused) ? " " + s_filterRemedy : string.Empty) + (IsForOwner(refused) ? " " + OwnerRemedy : string.Empty);
        }

        return record;
    }

    /// <summary>Makes one with an id of <see cref="ErrorIds"/> and its remedy.</summary>
    internal static ErrorRecord Create(string errorId, string message, string? remedy, object? target, Exception? inner = null) =>
        From(new NamespaceException(errorId, message, remedy, inner), target);

    private static readonly string s_filterRemedy =
        "A seccomp filter is in force for this session, as container runtimes set it: it may refuse the call whatever the privileges and the kernel. Allow the call in the runtime's profile.";

    private const string OwnerRemedy =
        "This C library has no makecontext(3). With glibc an ordinary user sees into the namespaces that their own user namespaces own.";

    // Elsewhere a child with the rights of the owner goes there.
    private static bool IsForOwner(LinuxException refused) =>
        refused is { NativeErrorCode: LibC.EPERM, Syscall: "setns" } && LibCExports.makecontext == 0;

    // The calls that the profiles of container runtimes leave out.
    private static bool IsOfFilter(LinuxException refused) =>
        refused.NativeErrorCode is LibC.EPERM or LibC.ENOSYS
        && refused.Syscall is "clone" or "unshare" or "setns" or "mount" or "umount2" or "pidfd_open" or "pidfd_getfd" or "open_by_handle_at" or "sethostname" or "setdomainname"
        && SeccompFilter.IsInForce;

    private static string RemedyOf(ErrorCategory category) => category switch
    {
        ErrorCategory.PermissionDenied when LinuxUser.IsRoot => "Root alone is not enough: this session lacks the capability in the owning user namespace (CapEff in /proc/self/status), or a security module refuses it.",
        ErrorCategory.PermissionDenied => "Run as root, or in the user namespace that owns the namespace; see PRIVILEGES in about_LinuxNamespaces.",
        ErrorCategory.ObjectNotFound => "It may have ended meanwhile: look for it again with Get-Namespace.",
        ErrorCategory.InvalidArgument => "Get-Help with -Full explains each parameter; an older kernel may not know a value.",
        ErrorCategory.ResourceExists => "Choose another name, or remove the existing one first.",
        ErrorCategory.ResourceBusy => "Get-NamespaceProcess with -Holder lists what keeps a namespace.",
        ErrorCategory.LimitsExceeded => "Get-NamespaceLimit shows the limits of namespaces; there may be no room on a file system either.",
        ErrorCategory.ResourceUnavailable => "Close files and processes, or raise the limit: ulimit -n, ulimit -u, pids.max and memory.max of the control group.",
        ErrorCategory.NotImplemented => "Use a newer kernel; see KERNEL VERSIONS in about_LinuxNamespaces.",
        ErrorCategory.OperationTimeout => "Try again, or give more time.",
        _ => "See ERRORS in about_LinuxNamespaces; the manual page of the call that failed explains its errors.",
    };

    /// <summary>A program that did not succeed, where the session wants that to be an error ($PSNativeCommandUseErrorActionPreference).</summary>
    internal static ErrorRecord ProgramFailed(Exception exception, string path) => new(exception, ProgramExitedWithNonZeroCode, ErrorCategory.NotSpecified, path);

    /// <summary>Recreates an error that was written inside.</summary>
    internal static ErrorRecord FromInside(string message, string errorId, ErrorCategory category, object? target) =>
        new(new RemoteException(message), errorId, category, target);

    // A limit is a limit, whichever call was refused for it, or whether the runtime noticed it.
    private static ErrorCategory CategoryOf(NamespaceException exception)
    {
        ErrorKind kind = Find(exception.ErrorId)?.Kind ?? ErrorKind.InvalidOperation;
        return exception.InnerException is LinuxException linux && kind != ErrorKind.LimitsExceeded ? CategoryOf(linux.NativeErrorCode) : (ErrorCategory)kind;
    }

    private static ErrorCategory CategoryOf(int errno) => errno switch
    {
        LibC.EPERM or LibC.EACCES or LibC.EROFS => ErrorCategory.PermissionDenied,
        LibC.ENOENT or LibC.ESRCH or LibC.ENOTDIR => ErrorCategory.ObjectNotFound,
        LibC.EINVAL or LibC.ERANGE or LibC.EISDIR or LibC.ELOOP or LibC.ENAMETOOLONG => ErrorCategory.InvalidArgument,
        LibC.EINTR => ErrorCategory.OperationStopped,
        LibC.EEXIST => ErrorCategory.ResourceExists,
        LibC.EBUSY or LibC.ETXTBSY => ErrorCategory.ResourceBusy,
        LibC.ENOEXEC => ErrorCategory.InvalidType,
        LibC.ENOSPC or LibC.EUSERS or LibC.E2BIG => ErrorCategory.LimitsExceeded,
        LibC.EMFILE or LibC.ENFILE or LibC.ENOMEM or LibC.EAGAIN => ErrorCategory.ResourceUnavailable,
        LibC.ENOSYS or LibC.ENOTTY or LibC.EOPNOTSUPP => ErrorCategory.NotImplemented,
        LibC.ENETUNREACH or LibC.EHOSTUNREACH => ErrorCategory.ConnectionError,
        LibC.ETIMEDOUT => ErrorCategory.OperationTimeout,
        _ => ErrorCategory.NotSpecified,
    };
}
