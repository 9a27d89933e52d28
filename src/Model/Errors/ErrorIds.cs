using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace LinuxNamespaces;

/// <summary>
/// The catalogue of errors. A new id is one line here, from which the category, the default remedy and the list in about_LinuxNamespaces come
/// (<c>./build.sh docs</c> writes the list). An id never changes.
/// </summary>
internal abstract class ErrorIds
{
    [ErrorId(ErrorGroup.Looking, ErrorKind.ObjectNotFound, "there is no such process")] internal const string ProcessNotFound = nameof(ProcessNotFound);
    [ErrorId(ErrorGroup.Looking, ErrorKind.PermissionDenied, "its namespaces may not be read", Remedy = "Run as root, or as the user of that process.")] internal const string ProcessHidden = nameof(ProcessHidden);
    [ErrorId(ErrorGroup.Looking, ErrorKind.ObjectNotFound, "the PID belongs to another process by now")] internal const string ProcessRecycled = nameof(ProcessRecycled);
    [ErrorId(ErrorGroup.Looking, ErrorKind.ObjectNotFound, "no namespace with that inode was found")] internal const string NamespaceNotFound = nameof(NamespaceNotFound);
    [ErrorId(ErrorGroup.Looking, ErrorKind.ObjectNotFound, "no net namespace has that name")] internal const string NamespaceNameNotFound = nameof(NamespaceNameNotFound);
    [ErrorId(ErrorGroup.Looking, ErrorKind.ObjectNotFound, "the namespace has ended")] internal const string NamespaceGone = nameof(NamespaceGone);
    [ErrorId(ErrorGroup.Looking, ErrorKind.ResourceUnavailable, "another mount covers the only way to it")] internal const string NamespaceCovered = nameof(NamespaceCovered);
    [ErrorId(ErrorGroup.Looking, ErrorKind.ObjectNotFound, "the object has no name in /run/netns")] internal const string NamespaceHasNoName = nameof(NamespaceHasNoName);
    [ErrorId(ErrorGroup.Looking, ErrorKind.InvalidArgument, "the file is something else")] internal const string NotANamespace = nameof(NotANamespace);
    [ErrorId(ErrorGroup.Looking, ErrorKind.InvalidArgument, "it is a namespace of another kind")] internal const string NotANetNamespace = nameof(NotANetNamespace);
    [ErrorId(ErrorGroup.Looking, ErrorKind.InvalidArgument, "the path is of another provider")] internal const string NotAFileSystemPath = nameof(NotAFileSystemPath);
    [ErrorId(ErrorGroup.Looking, ErrorKind.ObjectNotFound, "there is no such path, drive or file")] internal const string PathNotFound = nameof(PathNotFound);
    [ErrorId(ErrorGroup.Looking, ErrorKind.InvalidArgument, "a wildcard pattern that is none")] internal const string InvalidPattern = nameof(InvalidPattern);
    [ErrorId(ErrorGroup.Looking, ErrorKind.InvalidOperation, "there is no /proc")] internal const string ProcNotMounted = nameof(ProcNotMounted);
    [ErrorId(ErrorGroup.Looking, ErrorKind.ObjectNotFound, "neither name, path, PID nor container")] internal const string TargetNotFound = nameof(TargetNotFound);
    [ErrorId(ErrorGroup.Looking, ErrorKind.InvalidArgument, "several things are called so")] internal const string TargetAmbiguous = nameof(TargetAmbiguous);
    [ErrorId(ErrorGroup.Looking, ErrorKind.ObjectNotFound, "only a process shows the id maps")] internal const string NamespaceHasNoProcess = nameof(NamespaceHasNoProcess);
    [ErrorId(ErrorGroup.Looking, ErrorKind.ObjectNotFound, "it is not below the session's")] internal const string UserNamespaceOutOfSight = nameof(UserNamespaceOutOfSight);

    [ErrorId(ErrorGroup.Keeping, ErrorKind.ObjectNotFound, "no namespace is mounted there")] internal const string NamespaceNotMounted = nameof(NamespaceNotMounted);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.ResourceBusy, "a namespace is mounted there already")] internal const string PathInUse = nameof(PathInUse);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.InvalidArgument, "a namespace can be mounted on files only")] internal const string PathNotAFile = nameof(PathNotAFile);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.InvalidOperation, "the mount propagates; a private one is needed")] internal const string MountOnSharedParent = nameof(MountOnSharedParent);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.InvalidOperation, "a mount namespace cannot lie in itself")] internal const string MountLoop = nameof(MountLoop);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.PermissionDenied, "the limit may not be changed")] internal const string LimitRefused = nameof(LimitRefused);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.InvalidArgument, "the kernel takes no such number")] internal const string LimitInvalid = nameof(LimitInvalid);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.NotImplemented, "this kernel does not know the type")] internal const string TypeNotSupported = nameof(TypeNotSupported);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.InvalidArgument, "neither a namespace nor an interface")] internal const string NotDrawable = nameof(NotDrawable);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.ObjectNotFound, "an SVG file needs Node.js")] internal const string NodeNotFound = nameof(NodeNotFound);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.InvalidOperation, "Node.js gave no picture")] internal const string MapDrawingFailed = nameof(MapDrawingFailed);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.InvalidOperation, "the file of a map could not be written")] internal const string MapNotWritten = nameof(MapNotWritten);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.ObjectNotFound, "a file of the module is missing")] internal const string MapAssetMissing = nameof(MapAssetMissing);
    [ErrorId(ErrorGroup.Keeping, ErrorKind.InvalidOperation, "there is no xdg-open")] internal const string DesktopOpenFailed = nameof(DesktopOpenFailed);

    [ErrorId(ErrorGroup.Net, ErrorKind.InvalidArgument, "the name cannot be a file of /run/netns")] internal const string InvalidNetNamespaceName = nameof(InvalidNetNamespaceName);
    [ErrorId(ErrorGroup.Net, ErrorKind.ResourceExists, "the name is taken")] internal const string NetNamespaceExists = nameof(NetNamespaceExists);
    [ErrorId(ErrorGroup.Net, ErrorKind.ObjectNotFound, "the name stands for another one by now")] internal const string NetNamespaceChanged = nameof(NetNamespaceChanged);
    [ErrorId(ErrorGroup.Net, ErrorKind.ResourceBusy, "its mount cannot be removed here")] internal const string NetNamespaceBusy = nameof(NetNamespaceBusy);
    [ErrorId(ErrorGroup.Net, ErrorKind.PermissionDenied, "/run/netns may not be changed")] internal const string NetNamespaceDenied = nameof(NetNamespaceDenied);
    [ErrorId(ErrorGroup.Net, ErrorKind.LimitsExceeded, "as many as this user may have")] internal const string NetNamespaceLimit = nameof(NetNamespaceLimit);
    [ErrorId(ErrorGroup.Net, ErrorKind.InvalidData, "a plain file is in the way: -Force")] internal const string StaleNetNamespaceFile = nameof(StaleNetNamespaceFile);
    [ErrorId(ErrorGroup.Net, ErrorKind.ResourceBusy, "the id belongs to another")] internal const string NetNsIdInUse = nameof(NetNsIdInUse);
    [ErrorId(ErrorGroup.Net, ErrorKind.ResourceBusy, "it has another id, which stays")] internal const string NetNsIdAlreadyAssigned = nameof(NetNsIdAlreadyAssigned);
    [ErrorId(ErrorGroup.Net, ErrorKind.InvalidArgument, "both sides would be the host")] internal const string NoNetNamespaceGiven = nameof(NoNetNamespaceGiven);
    [ErrorId(ErrorGroup.Net, ErrorKind.ObjectNotFound, "there is no such veth pair")] internal const string NetConnectionNotFound = nameof(NetConnectionNotFound);
    [ErrorId(ErrorGroup.Net, ErrorKind.ResourceExists, "the name of the interface is taken")] internal const string InterfaceExists = nameof(InterfaceExists);
    [ErrorId(ErrorGroup.Net, ErrorKind.InvalidArgument, "no interface can be called so")] internal const string InvalidInterfaceName = nameof(InvalidInterfaceName);
    [ErrorId(ErrorGroup.Net, ErrorKind.InvalidArgument, "neither address/prefix nor hardware address")] internal const string InvalidAddress = nameof(InvalidAddress);
    [ErrorId(ErrorGroup.Net, ErrorKind.InvalidArgument, "neither network nor gateway")] internal const string InvalidRoute = nameof(InvalidRoute);
    [ErrorId(ErrorGroup.Net, ErrorKind.ObjectNotFound, "there is no such interface")] internal const string InterfaceNotFound = nameof(InterfaceNotFound);
    [ErrorId(ErrorGroup.Net, ErrorKind.PermissionDenied, "nft or pasta refused")] internal const string InternetRefused = nameof(InternetRefused);
    [ErrorId(ErrorGroup.Net, ErrorKind.ObjectNotFound, "the host has no route to share")] internal const string NoWayOut = nameof(NoWayOut);
    [ErrorId(ErrorGroup.Net, ErrorKind.ObjectNotFound, "no private network is free")] internal const string NoFreeNetwork = nameof(NoFreeNetwork);
    [ErrorId(ErrorGroup.Net, ErrorKind.ObjectNotFound, "another interface has its name or number")] internal const string InterfaceChanged = nameof(InterfaceChanged);
    [ErrorId(ErrorGroup.Net, ErrorKind.NotImplemented, "the kernel lacks the kind; names the module")] internal const string InterfaceKindNotSupported = nameof(InterfaceKindNotSupported);
    [ErrorId(ErrorGroup.Net, ErrorKind.InvalidOperation, "the kernel keeps it where it was made")] internal const string InterfaceNotMovable = nameof(InterfaceNotMovable);
    [ErrorId(ErrorGroup.Net, ErrorKind.InvalidOperation, "hardware, or lo")] internal const string InterfaceNotRemovable = nameof(InterfaceNotRemovable);
    [ErrorId(ErrorGroup.Net, ErrorKind.ObjectNotFound, "where it came from is not known")] internal const string InterfaceHasNoHome = nameof(InterfaceHasNoHome);
    [ErrorId(ErrorGroup.Net, ErrorKind.InvalidArgument, "these parameters do not go together")] internal const string InvalidInterface = nameof(InvalidInterface);
    [ErrorId(ErrorGroup.Net, ErrorKind.ObjectNotFound, "the interface does not have that address")] internal const string AddressNotFound = nameof(AddressNotFound);
    [ErrorId(ErrorGroup.Net, ErrorKind.PermissionDenied, "CAP_NET_ADMIN is missing in a net namespace")] internal const string NetChangeDenied = nameof(NetChangeDenied);
    [ErrorId(ErrorGroup.Net, ErrorKind.PermissionDenied, "IPv6 is switched off there")] internal const string AddressRefused = nameof(AddressRefused);
    [ErrorId(ErrorGroup.Net, ErrorKind.ObjectNotFound, "there is no such route")] internal const string RouteNotFound = nameof(RouteNotFound);
    [ErrorId(ErrorGroup.Net, ErrorKind.InvalidArgument, "the interface is of another kind")] internal const string NotABridge = nameof(NotABridge);
    [ErrorId(ErrorGroup.Net, ErrorKind.ResourceExists, "there is such a route")] internal const string RouteExists = nameof(RouteExists);
    [ErrorId(ErrorGroup.Net, ErrorKind.InvalidOperation, "no interface is in the gateway's network")] internal const string GatewayUnreachable = nameof(GatewayUnreachable);

    [ErrorId(ErrorGroup.Starting, ErrorKind.ObjectNotFound, "nothing to start; the paths are named")] internal const string ProgramNotFound = nameof(ProgramNotFound);
    [ErrorId(ErrorGroup.Starting, ErrorKind.InvalidOperation, "it may not or cannot be executed")] internal const string ProgramNotExecutable = nameof(ProgramNotExecutable);
    [ErrorId(ErrorGroup.Starting, ErrorKind.LimitsExceeded, "longer than the kernel allows")] internal const string ArgumentsTooLong = nameof(ArgumentsTooLong);
    [ErrorId(ErrorGroup.Starting, ErrorKind.ObjectNotFound, "the program cannot work there")] internal const string WorkingDirectoryNotFound = nameof(WorkingDirectoryNotFound);
    [ErrorId(ErrorGroup.Starting, ErrorKind.InvalidArgument, "it leads out of the root directory")] internal const string WorkingDirectoryOutsideRoot = nameof(WorkingDirectoryOutsideRoot);
    [ErrorId(ErrorGroup.Starting, ErrorKind.InvalidOperation, "a standard stream could not be opened")] internal const string RedirectFailed = nameof(RedirectFailed);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "the directory could not become the root")] internal const string RootRefused = nameof(RootRefused);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "a mount could not be made")] internal const string MountRefused = nameof(MountRefused);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "binfmt_misc did not take the line")] internal const string InterpreterRefused = nameof(InterpreterRefused);
    [ErrorId(ErrorGroup.Starting, ErrorKind.NotImplemented, "control groups here are of version 1")] internal const string ControlGroupsNotSupported = nameof(ControlGroupsNotSupported);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "the session may not limit this")] internal const string ControllerNotDelegated = nameof(ControllerNotDelegated);
    [ErrorId(ErrorGroup.Starting, ErrorKind.InvalidArgument, "ranges overlap, are empty or too large")] internal const string IdMapInvalid = nameof(IdMapInvalid);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "the kernel did not take the map")] internal const string IdMapRefused = nameof(IdMapRefused);
    [ErrorId(ErrorGroup.Starting, ErrorKind.ObjectNotFound, "newuidmap or newgidmap is needed")] internal const string IdMapHelperMissing = nameof(IdMapHelperMissing);
    [ErrorId(ErrorGroup.Starting, ErrorKind.ObjectNotFound, "/etc/subuid or /etc/subgid has no range")] internal const string SubIdNotFound = nameof(SubIdNotFound);
    [ErrorId(ErrorGroup.Starting, ErrorKind.ObjectNotFound, "no such user or group")] internal const string AccountNotFound = nameof(AccountNotFound);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "the program could not become that user")] internal const string IdChangeRefused = nameof(IdChangeRefused);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "they could not be kept or dropped")] internal const string CapabilitiesRefused = nameof(CapabilitiesRefused);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "a limit or filter could not be set")] internal const string ConfinementRefused = nameof(ConfinementRefused);
    [ErrorId(ErrorGroup.Starting, ErrorKind.InvalidArgument, "the file is not a seccomp profile")] internal const string SeccompProfileInvalid = nameof(SeccompProfileInvalid);
    [ErrorId(ErrorGroup.Starting, ErrorKind.ObjectNotFound, "libseccomp is not installed")] internal const string SeccompLibraryMissing = nameof(SeccompLibraryMissing);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "the clock cannot be set so far")] internal const string TimeOffsetRefused = nameof(TimeOffsetRefused);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "the namespace could not be bound")] internal const string PersistRefused = nameof(PersistRefused);
    [ErrorId(ErrorGroup.Starting, ErrorKind.ResourceBusy, "something is mounted there already")] internal const string PersistTargetBusy = nameof(PersistTargetBusy);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "the namespace could not be joined")] internal const string JoinRefused = nameof(JoinRefused);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "a capability is missing; it is named")] internal const string PrivilegeRequired = nameof(PrivilegeRequired);
    [ErrorId(ErrorGroup.Starting, ErrorKind.PermissionDenied, "user namespaces are switched off")] internal const string UserNamespaceBlocked = nameof(UserNamespaceBlocked);
    [ErrorId(ErrorGroup.Starting, ErrorKind.LimitsExceeded, "user.max_*_namespaces")] internal const string NamespaceLimitReached = nameof(NamespaceLimitReached);
    [ErrorId(ErrorGroup.Starting, ErrorKind.NotImplemented, "this kernel does not know the type")] internal const string NamespaceTypeNotSupported = nameof(NamespaceTypeNotSupported);
    [ErrorId(ErrorGroup.Starting, ErrorKind.LimitsExceeded, "no more processes may be started")] internal const string ProcessLimitReached = nameof(ProcessLimitReached);
    [ErrorId(ErrorGroup.Starting, ErrorKind.InvalidOperation, "its PID 1 has ended")] internal const string PidNamespaceDead = nameof(PidNamespaceDead);
    [ErrorId(ErrorGroup.Starting, ErrorKind.ResourceUnavailable, "for another process")] internal const string OutOfMemory = nameof(OutOfMemory);
    [ErrorId(ErrorGroup.Starting, ErrorKind.NotImplemented, "pidfds are missing: Linux 5.4 is needed")] internal const string KernelTooOld = nameof(KernelTooOld);
    [ErrorId(ErrorGroup.Starting, ErrorKind.NotImplemented, "this C library has no makecontext(3)")] internal const string SpawnNotSupported = nameof(SpawnNotSupported);
    [ErrorId(ErrorGroup.Starting, ErrorKind.OperationTimeout, "it was ended after -TimeoutSec", Remedy = "Give more time with -TimeoutSec.")] internal const string ProcessTimedOut = nameof(ProcessTimedOut);
    [ErrorId(ErrorGroup.Starting, ErrorKind.InvalidArgument, "parameters that contradict each other")] internal const string InvalidRequest = nameof(InvalidRequest);

    [ErrorId(ErrorGroup.Inside, ErrorKind.ObjectNotFound, "the target has no namespace of that type")] internal const string TargetLacksType = nameof(TargetLacksType);
    [ErrorId(ErrorGroup.Inside, ErrorKind.InvalidArgument, "this needs a process, not a namespace")] internal const string TargetIsNoProcess = nameof(TargetIsNoProcess);
    [ErrorId(ErrorGroup.Inside, ErrorKind.PermissionDenied, "the owner of its namespaces is out of sight")] internal const string UserParentHidden = nameof(UserParentHidden);
    [ErrorId(ErrorGroup.Inside, ErrorKind.InvalidArgument, "the user namespace does not map that id")] internal const string IdNotMapped = nameof(IdNotMapped);
    [ErrorId(ErrorGroup.Inside, ErrorKind.InvalidArgument, "the descriptor is no socket")] internal const string NotASocket = nameof(NotASocket);
    [ErrorId(ErrorGroup.Inside, ErrorKind.ObjectNotFound, "the target's control group is out of sight")] internal const string ControlGroupNotFound = nameof(ControlGroupNotFound);
    [ErrorId(ErrorGroup.Inside, ErrorKind.PermissionDenied, "the group may not be made or joined")] internal const string ControlGroupRefused = nameof(ControlGroupRefused);
    [ErrorId(ErrorGroup.Inside, ErrorKind.NotImplemented, "there is no context to follow")] internal const string SelinuxNotEnabled = nameof(SelinuxNotEnabled);
    [ErrorId(ErrorGroup.Inside, ErrorKind.ObjectNotFound, "no PowerShell to run the script block with")] internal const string PowerShellNotFound = nameof(PowerShellNotFound);
    [ErrorId(ErrorGroup.Inside, ErrorKind.InvalidOperation, "PowerShell could not start inside")] internal const string InnerSessionNotStarted = nameof(InnerSessionNotStarted);
    [ErrorId(ErrorGroup.Inside, ErrorKind.PermissionDenied, "it cannot be brought there (-Verbose only)")] internal const string HostPowerShellRefused = nameof(HostPowerShellRefused);
    [ErrorId(ErrorGroup.Inside, ErrorKind.NotImplemented, "PSSessions need PowerShell 7.6 or newer")] internal const string SessionNotSupported = nameof(SessionNotSupported);
    [ErrorId(ErrorGroup.Inside, ErrorKind.InvalidOperation, "it ended before the script block did")] internal const string InnerSessionEnded = nameof(InnerSessionEnded);
    [ErrorId(ErrorGroup.Inside, ErrorKind.InvalidArgument, "what $using: names cannot be taken along")] internal const string UsingNotSupported = nameof(UsingNotSupported);
    [ErrorId(ErrorGroup.Inside, ErrorKind.InvalidArgument, "a thread cannot join that type")] internal const string TypeNotInProcess = nameof(TypeNotInProcess);
    [ErrorId(ErrorGroup.Inside, ErrorKind.InvalidOperation, "the way back from -InProcess was barred")] internal const string NotBack = nameof(NotBack);
    [ErrorId(ErrorGroup.Inside, ErrorKind.InvalidOperation, "what a program wrote to its error stream")] internal const string NativeCommandError = nameof(NativeCommandError);
    [ErrorId(ErrorGroup.Inside, ErrorKind.InvalidOperation, "a program failed, and the session wants $PSNativeCommandUseErrorActionPreference")] internal const string ProgramExitedWithNonZeroCode = nameof(ProgramExitedWithNonZeroCode);

    [ErrorId(ErrorGroup.Other, ErrorKind.NotSpecified, "the exception is a LinuxException with Syscall, Path and NativeErrorCode (errno)")] internal const string SystemCallFailed = nameof(SystemCallFailed);

    /// <summary>All ids with their descriptions, in the order of this file. It reads every attribute, so it is for tests and documents.</summary>
    internal static IReadOnlyDictionary<string, ErrorIdAttribute> All => typeof(ErrorIds)
        .GetFields(Constants)
        .Where(field => field.IsLiteral && field.FieldType == typeof(string))
        .ToDictionary(field => field.Name, field => field.GetCustomAttribute<ErrorIdAttribute>()!);

    /// <summary>Describes an id; null for an id that is not in the catalogue. It reads one attribute, and only once something has failed.</summary>
    internal static ErrorIdAttribute? Find(string id) => typeof(ErrorIds).GetField(id, Constants)?.GetCustomAttribute<ErrorIdAttribute>();

    private const BindingFlags Constants = BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
}
