using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Life;
using LinuxNamespaces.Operations.Start.Parts;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>What is done another way where the kernel or the C library is older.</summary>
public sealed class OlderSystemTests : IDisposable
{
    private const int F_DUPFD = 0;

    private readonly string _output = Path.GetTempFileName();

    public void Dispose() => File.Delete(_output);

    [StartTheory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_program_gets_none_of_the_sessions_descriptors(bool isOld, bool hasGates)
    {
        // As somebody leaves one to be inherited by another program.
        using Pipe pipe = Pipe.Create();
        int left = LibC.fcntl((int)pipe.Reading.DangerousGetHandle(), F_DUPFD, 50);
        Assert.Contains(left, OpenDescriptors.ReadInheritable());
        try
        {
            OlderKernel.Missing = isOld ? KernelFeature.CloseRange : KernelFeature.None;
            SpawnRequest request = new() { Program = "sh", Arguments = ["-c", "ls /proc/$$/fd > \"$0\"", _output] };
            SpawnPlan plan = SpawnPlanner.Create(hasGates ? request with { StandardInput = "/dev/null" } : request);
            Assert.Equal(isOld || !OpenDescriptors.CanBeClosedAtOnce, plan.Steps.All(step => step.Call != "close_range"));
            NamespaceProcess process = Spawner.Start(plan);
            using WakeUp never = new();
            Assert.True(ChildProcess.Of(process)!.Wait(TimeSpan.FromSeconds(20), never));
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            OlderKernel.Missing = KernelFeature.None;
            _ = LibC.close(left);
        }

        // What the shell opens for itself is 1, and a copy of 1 from 10 on; what the test was started with besides is none of its business.
        string[] open = File.ReadAllLines(_output);
        Assert.Contains("0", open);
        Assert.DoesNotContain($"{left}", open);
    }

    // Debian 11 has glibc 2.31: what is in libpthread, librt or libdl there is not found in libc.
    [Fact]
    public void Every_import_is_in_libc_itself_since_glibc_2_28()
    {
        string[] elsewhere = ["pthread_", "sem_", "mq_", "timer_", "aio_", "shm_", "dlopen", "dlsym"];
        string[] imports = [.. typeof(LibC).GetMethods(BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(method => method.Name)];
        Assert.Contains("sigprocmask", imports);
        Assert.DoesNotContain(imports, name => elsewhere.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [StatxTheory]
    [InlineData("/proc/self/status")]
    [InlineData("/")]
    [InlineData("/no/such/file")]
    public unsafe void A_C_library_without_statx_makes_the_same_call(string path)
    {
        LibC.statx_t wrapped = default, numbered = default;
        int wrappedResult, numberedResult, wrappedErrno, numberedErrno;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            const uint Wanted = LibC.STATX_INO | LibC.STATX_TYPE | LibC.STATX_UID | LibC.STATX_SIZE;
            wrappedResult = LibC.statx(LibC.AT_FDCWD, name, 0, Wanted, &wrapped);
            wrappedErrno = Errno.Last;
            numberedResult = FileStatus.CallByNumber(LibC.AT_FDCWD, name, 0, Wanted, &numbered);
            numberedErrno = Errno.Last;
        }

        Assert.Equal(wrappedResult, numberedResult);
        Assert.Equal((wrapped.stx_ino, wrapped.stx_mode, wrapped.stx_uid, wrapped.stx_dev_minor), (numbered.stx_ino, numbered.stx_mode, numbered.stx_uid, numbered.stx_dev_minor));
        if (wrappedResult != 0)
        {
            Assert.Equal(wrappedErrno, numberedErrno);
        }
    }
}
