using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Contexts;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>
/// The work of PID 1 after it has made the program, as calls of libc. It reaps orphans and hands signals on to the program. It exits
/// with the program's exit code, or 128 and the number of the signal that ended the program. Numbers go from one call to the next through
/// memory, conditions are tables that are indexed by the lowest byte of an address, and lfind is the branch.
/// </summary>
internal static unsafe class ReaperLoop
{
    /// <summary>The report when the program runs, or has failed to start.</summary>
    internal const long ProgramRuns = -1;

    /// <summary>How many calls there are.</summary>
    internal const int Calls = 23;

    /// <summary>How much memory they take besides their contexts.</summary>
    internal const int MemorySize = 4 * TableSize;

    // The first process PID 1 makes: nobody else is in a new pid namespace.
    private const int ProgramId = 2;

    // The name of the process, of at most 15 characters.
    private const string Name = "namespace-init";

    private const int TableSize = 64 * 1024;
    private const int SignalSetSize = 8;
    private const int SignalExit = 128;

    /// <summary>Adds the calls.</summary>
    internal static void AddTo(ContextChain chain, ChildMemory memory, int report)
    {
        nint any = (nint)memory.Allocate(sizeof(LibC.siginfo_t));
        nint program = (nint)memory.Allocate(sizeof(LibC.siginfo_t));
        nint reaped = (nint)memory.Allocate(sizeof(LibC.siginfo_t));
        nint signal = (nint)memory.Allocate(sizeof(LibC.siginfo_t));
        nint all = (nint)memory.Allocate(sizeof(ulong));
        *(ulong*)all = ulong.MaxValue;
        nint done = (nint)memory.Allocate(sizeof(long));
        *(long*)done = ProgramRuns;
        nint number = (nint)memory.Allocate(sizeof(long));
        byte* signals = MakeSignals(memory);
        byte* codes = MakeCodes(memory);

        // The session learns that the program runs, or why it does not; then nothing of the session is held open any more. A terminal's signals
        // are for the program, which would get them twice.
        chain.Add(LibCExports.write, report, done, sizeof(long));
        chain.Add(LibCExports.syscall, LibC.SYS_close_range, 0, unchecked((nint)uint.MaxValue), 0);
        chain.Add(LibCExports.setpgid, 0, 0);
        chain.Add(LibCExports.prctl, LibC.PR_SET_NAME, (nint)memory.Copy(Name));

        // Orphans are reaped by number, after the program was seen to live, so its exit status is never collected with theirs.
        const int Look = LibC.WEXITED | LibC.WNOHANG | LibC.WNOWAIT | LibC.__WALL;
        int exit = chain.Count + 14;
        chain.BeginLoop();
        chain.Add(LibCExports.waitid, LibC.P_ALL, 0, any, Look);
        chain.Add(LibCExports.waitid, LibC.P_PID, ProgramId, program, Look);
        chain.Add(LibCExports.lfind, (nint)chain.At(exit), program, program, 1, LibCExports.setcontext);
        chain.AddLate(LibCExports.waitid, (nint)(&((LibC.siginfo_t*)any)->si_pid), LibC.P_PID, 0, reaped, LibC.WEXITED | LibC.WNOHANG | LibC.__WALL);
        chain.Add(LibCExports.lfind, (nint)chain.At(exit - 1), any, any, 1, LibCExports.setcontext);

        // Nothing is left of the last signal where a stop and a continuation end the waiting without one.
        chain.Add(LibCExports.memset, signal, 0, sizeof(int));
        chain.Add(LibCExports.syscall, SystemCallNumber.rt_sigtimedwait, all, signal, 0, SignalSetSize);
        chain.AddPatch(chain.Count + 1, 0, signal, 1);
        chain.Add(LibCExports.memcpy, number, (nint)signals, 1);
        chain.AddLate(LibCExports.kill, number, ProgramId, 0);
        chain.EndLoop();

        chain.AddPatch(chain.Count + 2, 0, (nint)(&((LibC.siginfo_t*)program)->si_status), 1);
        chain.AddPatch(chain.Count + 1, 1, (nint)(&((LibC.siginfo_t*)program)->si_code), 1);
        chain.Add(LibCExports.memcpy, number, (nint)codes, 1);
        chain.AddLate(LibCExports.syscall, number, SystemCallNumber.exit_group, 0);
    }

    // The signal to hand on for each that came; 0 asks only whether the program is there. None for the end of a child, nor where the report
    // above has found nobody who reads it.
    private static byte* MakeSignals(ChildMemory memory)
    {
        byte* table = memory.AllocateAligned(256, 256);
        for (int i = 0; i <= SignalDispositions.Count; i++)
        {
            table[i] = i is LibC.SIGCHLD or LibC.SIGPIPE ? (byte)0 : (byte)i;
        }

        return table;
    }

    // The exit code for each way to end and each status, in rows of 256.
    private static byte* MakeCodes(ChildMemory memory)
    {
        byte* table = memory.AllocateAligned(4 * 256, TableSize);
        for (int i = 0; i < 256; i++)
        {
            table[(LibC.CLD_EXITED * 256) + i] = (byte)i;
            table[(LibC.CLD_KILLED * 256) + i] = table[(LibC.CLD_DUMPED * 256) + i] = (byte)(SignalExit + i);
        }

        return table;
    }
}
