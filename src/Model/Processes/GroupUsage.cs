using System;

namespace LinuxNamespaces;

/// <summary>The usage of a control group. A value is null where the kernel does not count it for this group.</summary>
/// <param name="PeakMemory">The most memory that the group has used at a time, in bytes (Linux 5.19).</param>
/// <param name="CpuTime">The processor time of all processes that were ever in the group.</param>
/// <param name="OomKilled">Whether the kernel has killed a process of the group because the memory limit was reached.</param>
internal readonly record struct GroupUsage(long? PeakMemory, TimeSpan? CpuTime, bool? OomKilled);
