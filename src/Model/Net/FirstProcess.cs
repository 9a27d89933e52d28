namespace LinuxNamespaces;

/// <summary>The process with the lowest PID in a namespace.</summary>
internal sealed record FirstProcess(int Id, int ParentId, uint UserId, string? Command, string? Container);
