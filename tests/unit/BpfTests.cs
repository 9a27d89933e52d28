using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Bpf;
using static LinuxNamespaces.Kernel.Bpf.BpfRegister;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Find;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>The assembler, the programs it makes, and what the kernel does with them.</summary>
public partial class BpfTests
{
    [Fact]
    public void Each_method_writes_its_instruction()
    {
        BpfAssembler code = new();
        BpfLabel start = new();
        BpfLabel end = new();
        code.Mark(start);
        code.LoadWord(R1, R7, 2464);
        code.LoadLong(R9, R10, -8);
        code.StoreWord(R10, -16, R0);
        code.StoreLong(R10, -24, R5);
        code.StoreWordValue(R10, -4, -1);
        code.StoreLongValue(R10, -8, 7);
        code.Move(R6, R1);
        code.MoveValue(R3, 208);
        code.Add(R3, R1);
        code.AddValue(R2, -208);
        code.ShiftLeft(R3, 4);
        code.ShiftRight(R8, 6);
        code.AndValue(R1, 1);
        code.JumpIfEqual(R1, 0x6e736673, end);
        code.JumpIfEqual(R1, R2, end);
        code.JumpIfNotEqual(R1, 0, start);
        code.JumpIfNotEqual(R4, R5, end);
        code.JumpIfGreater(R3, 32, end);
        code.Call(127);
        code.CallKernel(61_234);
        code.Jump(start);
        code.Mark(end);
        code.Exit();
        Assert.Equal(
            [
                "r1 = *(u32 *)(r7 +2464)",
                "r9 = *(u64 *)(r10 -8)",
                "*(u32 *)(r10 -16) = r0",
                "*(u64 *)(r10 -24) = r5",
                "*(u32 *)(r10 -4) = -1",
                "*(u64 *)(r10 -8) = 7",
                "r6 = r1",
                "r3 = 208",
                "r3 += r1",
                "r2 += -208",
                "r3 <<= 4",
                "r8 >>= 6",
                "r1 &= 1",
                "if r1 == 0x6e736673 goto pc+7",
                "if r1 == r2 goto pc+6",
                "if r1 != 0x0 goto pc-16",
                "if r4 != r5 goto pc+4",
                "if r3 > 0x20 goto pc+3",
                "call 127",
                "call 61234",
                "goto pc-21",
                "exit",
            ],
            BpfDisassembler.Read(code.ToArray()));
    }

    [Fact]
    public void A_jump_without_a_target_and_a_large_offset_are_refused()
    {
        BpfAssembler code = new();
        code.Jump(new BpfLabel());
        Assert.Throws<BpfException>(code.ToArray);
        Assert.Throws<BpfException>(() => code.LoadLong(R1, R2, 40_000));
    }

    [BpfFact]
    public void Programs_stay_on_their_stack_and_jump_forwards_only()
    {
        TaskLayout layout = new(File.ReadAllBytes("/sys/kernel/btf/vmlinux"));
        foreach (LibC.bpf_insn[] program in ((int[])[0, 1, 5]).SelectMany(level => (LibC.bpf_insn[][])[TaskProgram.Create(layout, level, 0xff), FileProgram.Create(layout, level), LevelProgram.Create(layout)]))
        {
            List<string> lines = BpfDisassembler.Read(program);
            Assert.Equal("exit", lines[^1]);
            Assert.Single(lines, "exit");
            Assert.DoesNotContain(lines, line => line.Contains("goto pc-") || StackOffset().Matches(line).Any(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) is < -512 or >= 0));
        }
    }

    /// <summary>The kernel's own disassembler is the oracle of the instructions, and its verifier of the programs.</summary>
    [BpfFact]
    public void The_verifier_reads_what_was_meant_and_accepts_it()
    {
        TaskLayout layout = new(File.ReadAllBytes("/sys/kernel/btf/vmlinux"));
        foreach (int level in (int[])[0, 1, 3])
        {
            Verify(layout.TaskIterator, TaskProgram.Create(layout, level, (1 << NamespaceTypes.Count) - 1));
            Verify(layout.TaskIterator, TaskProgram.Create(layout, level, 0));
            Verify(layout.FileIterator, FileProgram.Create(layout, level));
            if (layout.FileTable is FileTableLayout table)
            {
                Verify(layout.TaskIterator, FileTableProgram.Create(layout, table, level));
            }
        }

        Verify(layout.TaskIterator, LevelProgram.Create(layout));
        if (layout is { Mounts: MountLayout mounts, FileTable: FileTableLayout loops })
        {
            Verify(layout.TaskIterator, MountProgram.Create(layout, mounts, loops));
        }
    }

    /// <summary>The tables of mounts are the oracle.</summary>
    [BpfFact]
    public void Mount_namespaces_in_which_a_namespace_is_bound_are_told_from_those_in_which_none_is()
    {
        string file = Path.GetTempFileName();
        using Process bound = StartInMounts($"mount --bind /proc/self/ns/uts {file}");
        using Process other = StartInMounts("awk '$0 ~ / - nsfs / { print $5 }' /proc/self/mountinfo | while read -r place; do umount -l \"$place\"; done");
        try
        {
            using ProcFileSystem proc = ProcFileSystem.Open();
            HashSet<ulong>? places = TaskIterators.Open(proc).TryReadMounts();
            TaskLayout layout = new(File.ReadAllBytes("/sys/kernel/btf/vmlinux"));
            Assert.Equal(layout is { Mounts: not null, FileTable: not null }, places is not null);
            foreach ((Process process, bool expected) in ((Process, bool)[])[(bound, true), (other, false)])
            {
                Assert.Equal(expected, File.ReadAllText($"/proc/{process.Id}/mountinfo").Contains(" - nsfs "));
                Assert.Equal(expected, places?.Contains(proc.ReadNamespaceInode(process.Id, NamespaceLink.PathOf(NamespaceType.Mnt))) ?? expected);
            }
        }
        finally
        {
            bound.StandardInput.Close();
            other.StandardInput.Close();
            bound.WaitForExit();
            other.WaitForExit();
            File.Delete(file);
            TaskIterators.Close();
        }

        static Process StartInMounts(string command)
        {
            Process process = Process.Start(new ProcessStartInfo("unshare", ["--mount", "sh", "-c", $"{command}; echo ready; exec cat"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            Assert.Equal("ready", process.StandardOutput.ReadLine());
            return process;
        }
    }

    [BpfFact]
    public void A_program_the_verifier_refuses_is_refused_with_its_reason()
    {
        BpfAssembler code = new();
        code.LoadLong(R0, R5, 0);
        code.Exit();
        TaskLayout layout = new(File.ReadAllBytes("/sys/kernel/btf/vmlinux"));
        Assert.Contains("R5", Assert.Throws<BpfException>(() => BpfIterator.Load("test", layout.TaskIterator, code.ToArray())).Message);
        Assert.Throws<BpfException>(() => BpfIterator.Load("test", 1, LevelProgram.Create(layout)));
    }

    [BpfFact]
    public unsafe void Its_own_row_is_that_of_proc()
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        TaskIterators iterators = TaskIterators.Open(proc);
        using BpfRows<TaskRow> rows = iterators.ReadTasks();
        int found = 0;
        while (rows.MoveNext())
        {
            TaskRow row = rows.Current;
            if (row.ProcessId != Environment.ProcessId || row.ThreadId != row.ProcessId)
            {
                continue;
            }

            found++;
            foreach (NamespaceType type in Enum.GetValues<NamespaceType>())
            {
                Assert.Equal(proc.ReadNamespaceInode(Environment.ProcessId, NamespaceLink.PathOf(type)), (ulong)row.Inodes[(int)type]);
                using NamespaceHandle? handle = NamespaceHandle.TryOpen(proc.Descriptor, System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}/ns/{type.KernelName()}\0"));
                Assert.Equal(handle!.NamespaceId ?? 0, iterators.HasIds ? row.Ids[(int)type] : 0);
                using NamespaceHandle? owner = handle.OpenOwner();
                Assert.Equal(owner?.Inode ?? 0, row.Owners[(int)type]);
                Assert.Equal((type == NamespaceType.User ? handle : owner)!.OwnerUserId, row.OwnerUserIds[(int)type]);
            }

            Assert.True(ProcessDirectory.TryOpen(proc, Environment.ProcessId, out ProcessDirectory process));
            Assert.True(process.TryReadStat(out ProcessStat stat));
            Assert.Equal((stat.ParentId, LibC.geteuid()), (row.ParentId, row.UserId));
            process.Dispose();
        }

        Assert.Equal(1, found);
    }

    /// <summary>The kernel's buffer has room for some 1,300 rows of a task, so that another program takes over.</summary>
    [BpfFact]
    public void More_sockets_of_one_process_than_fit_into_the_buffer_are_all_found()
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        TaskIterators.Close();
        Assert.Equal(Sockets(Environment.ProcessId), Find());
        List<Socket> many = [.. Enumerable.Range(0, 2000).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))];
        try
        {
            Assert.Equal(Sockets(Environment.ProcessId), Find());
            Assert.InRange(Find().Length, many.Count, int.MaxValue);
        }
        finally
        {
            many.ForEach(socket => socket.Dispose());
            TaskIterators.Close();
        }

        int[] Find()
        {
            FileRows rows = TaskIterators.Open(proc).ReadFiles();
            List<int> found = [];
            for (int i = 0; i < rows.Count; i++)
            {
                if (rows[i].ProcessId == Environment.ProcessId && rows[i].IsSocket != 0)
                {
                    found.Add(rows[i].Number);
                }
            }

            found.Sort();
            return [.. found];
        }

        // The link says what a descriptor is, without the module.
        static int[] Sockets(int processId) =>
            [.. Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd")
                .Where(link => new FileInfo(link).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true)
                .Select(link => int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture)).Order()];
    }

    [BpfFact]
    public void What_is_loaded_is_not_inherited_and_is_closed()
    {
        using ProcFileSystem proc = ProcFileSystem.Open();
        _ = TaskIterators.Open(proc);
        string[] links = Links();
        Assert.Equal(2, links.Length);
        Assert.All(links, link => Assert.True((Convert.ToInt32(File.ReadLines(link).First(line => line.StartsWith("flags:", StringComparison.Ordinal))[6..].Trim(), 8) & LibC.O_CLOEXEC) != 0));
        TaskIterators.Close();
        Assert.Empty(Links());
        _ = TaskIterators.Open(proc);
        Assert.Equal(2, Links().Length);
    }

    [BpfFact]
    public void Both_engines_give_the_same_and_say_which_they_are()
    {
        InventoryOptions Options() => new() { Sources = NamespaceSource.Process, ProcessIds = new HashSet<int> { Environment.ProcessId }, IsRepeated = true };
        InventoryResult iterated = NamespaceInventory.Read(Options());
        KernelFeature before = OlderKernel.Missing;
        try
        {
            OlderKernel.Missing = KernelFeature.TaskIterators;
            InventoryResult walked = NamespaceInventory.Read(Options());
            Assert.Contains("BPF", iterated.Engine);
            Assert.Contains("/proc", walked.Engine);
            Assert.Equal(walked.Namespaces.Select(Describe), iterated.Namespaces.Select(Describe));
        }
        finally
        {
            OlderKernel.Missing = before;
        }

        // Processes come and go while both are read: their number is left out.
        static string Describe(NamespaceInfo ns) => string.Join('|', typeof(NamespaceInfo).GetProperties().Where(property => property.Name != nameof(ns.ProcessCount)).Select(property => $"{property.Name}={property.GetValue(ns)}"));
    }

    [Fact]
    public void Processes_are_counted_by_combination()
    {
        NamespaceSets sets = new();
        ulong[] a = [1, 2, 3, 4, 5, 6, 7, 8];
        ulong[] b = [1, 2, 3, 4, 5, 6, 7, 9];
        Assert.Equal(0, sets.Add(a, 0, out bool first));
        Assert.Equal(1, sets.Add(b, 1, out bool second));
        Assert.Equal(0, sets.Add(a, 2, out bool third));
        Assert.Equal(0, sets.Add(a, 3, out _));
        Assert.Equal((true, true, false), (first, second, third));
        Assert.Equal((2, 3, 1, 0, 1), (sets.Count, sets[0].ProcessCount, sets[1].ProcessCount, sets[0].FirstProcess, sets[1].FirstProcess));
    }

    private static string[] Links() => [.. Directory.GetFiles("/proc/self/fdinfo").Where(IsLink)];

    private static bool IsLink(string file)
    {
        try
        {
            return File.ReadAllText(file).Contains("link_type:\titer");
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Verify(uint target, LibC.bpf_insn[] program)
    {
        List<string> lines = BpfDisassembler.Read(program);
        string listing = BpfIterator.Verify("test", target, program, 2);
        List<Match> read = [.. Line().Matches(listing).Cast<Match>()];
        Assert.True(read.Count > 10, listing);
        Assert.All(read, match => Assert.Equal(lines[int.Parse(match.Groups["at"].Value, CultureInfo.InvariantCulture)], Name().Replace(match.Groups["text"].Value.TrimEnd(), "call $1")));
        Assert.StartsWith("processed ", listing.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        using BpfIterator loaded = BpfIterator.Load("test", target, program);
    }

    [GeneratedRegex(@"^(?<at>\d+): \([0-9a-f]{2}\) (?<text>[^;\n]*)", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"^call \w+#(\d+)$")]
    private static partial Regex Name();

    [GeneratedRegex(@"r10 ([+-]\d+)\)")]
    private static partial Regex StackOffset();
}
