using System.Runtime.Versioning;
using Xunit;

[assembly: SupportedOSPlatform("linux")]

// Tests set what holds for the whole process: the kernel they act on, what starts threads.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
