namespace LinuxNamespaces;

/// <summary>The category of an error: names and numbers are those of PowerShell's ErrorCategory, which only the cmdlets may know.</summary>
internal enum ErrorKind
{
    NotSpecified = 0,
    InvalidArgument = 5,
    InvalidData = 6,
    InvalidOperation = 7,
    NotImplemented = 11,
    ObjectNotFound = 13,
    OperationTimeout = 15,
    PermissionDenied = 18,
    ResourceBusy = 19,
    ResourceExists = 20,
    ResourceUnavailable = 21,
    LimitsExceeded = 29,
}
