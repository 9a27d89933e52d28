using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The kinds of objects by which processes speak to each other. See sysvipc(7), mq_overview(7), shm_overview(7), sem_overview(7).</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.")]
public enum NamespaceIpcKind : long
{
    /// <summary>A message queue of System V.</summary>
    MessageQueue,

    /// <summary>Shared memory of System V.</summary>
    SharedMemory,

    /// <summary>A set of semaphores of System V.</summary>
    Semaphore,

    /// <summary>A message queue of POSIX.</summary>
    PosixMessageQueue,

    /// <summary>Shared memory of POSIX: a file of /dev/shm.</summary>
    PosixSharedMemory,

    /// <summary>A named semaphore of POSIX: a file of /dev/shm.</summary>
    PosixSemaphore,
}
