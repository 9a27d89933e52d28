using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Maps;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>Plans: which steps, in which order, and what is refused before anything starts.</summary>
public class SpawnPlannerTests
{
    [StartFact]
    public void Nothing_new_needs_no_gate_and_shares_memory()
    {
        SpawnPlan plan = Plan(new SpawnRequest { Program = "/bin/true" });
        Assert.False(plan.HasGates);
        Assert.False(plan.HasPrivateMemory);
        Assert.Empty(plan.CloneTypes);
        Assert.Equal("close_range", plan.Steps.Single().Call);
    }

    [StartFact]
    public void New_types_are_made_by_the_clone_itself_but_time()
    {
        SpawnPlan plan = Plan(new SpawnRequest { Program = "x", Types = [NamespaceType.Time, NamespaceType.Net, NamespaceType.User] });
        Assert.Equal([NamespaceType.Net, NamespaceType.User], plan.CloneTypes);
        Assert.Equal("make new time", plan.Steps.Single(step => step.Call == "unshare").Text);
    }

    [StartFact]
    public void A_step_that_can_fail_is_checked_and_one_that_waits_dies_with_the_session()
    {
        SpawnPlan plan = Plan(new SpawnRequest { Program = "x", Types = [NamespaceType.User], UserMap = new IdMap(IdKind.User, [new IdRange(0, 100000, 2)]) });
        Assert.True(plan.HasGates);
        int gate = IndexOf(plan, step => step.Kind == ChildStepKind.Gate);
        Assert.True(IndexOf(plan, step => step.Call == "prctl") < gate);
        Assert.Equal(LibC.PR_SET_PDEATHSIG, plan.Steps[0].Arguments[0].Number);

        // Taken back, or the program would die with the session.
        ChildStep last = plan.Steps.Last(step => step.Call == "prctl");
        Assert.Equal(0, last.Arguments[1].Number);
    }

    [StartFact]
    public void The_map_of_ones_own_id_is_written_by_the_child()
    {
        IdMap users = new(IdKind.User, [new IdRange(0, ProcessCredentials.UserId, 1)]);
        IdMap groups = new(IdKind.Group, [new IdRange(0, ProcessCredentials.GroupId, 1)]);
        SpawnRequest request = new() { Program = "x", Types = [NamespaceType.User], UserMap = users, GroupMap = groups, SetGroups = SetGroupsPolicy.Deny };
        SpawnPlan plan = Plan(request);
        Assert.False(plan.HasGates);
        Assert.Equal(
            ["setgroups deny", "gid_map " + groups.Ranges[0], "uid_map " + users.Ranges[0]],
            plan.Steps.Where(step => step.Call == "write").Select(step => step.Text));

        // The standard input, whose number the files have where the session's other descriptors are there too, is put back.
        Assert.DoesNotContain(plan.Steps, step => step.Call == "dup2");
        Assert.Contains(Plan(request with { StandardOutput = "/dev/null" }).Steps, step => step.Call == "dup2" && step.Arguments[1].Number == 0);
        Assert.True(Plan(request with { SetGroups = null }).HasGates);
        Assert.True(Plan(request with { Owner = (5, 6) }).HasGates);
    }

    [StartFact]
    public void Who_needs_none_of_the_sessions_descriptors_leaves_them_first()
    {
        SpawnRequest request = new() { Program = "x", Types = [NamespaceType.Uts] };
        SpawnRequest[] without =
        [
            request, request with { Types = [NamespaceType.Net], LoopbackUp = true }, request with { UserId = 5 },
            request with { Types = [NamespaceType.Pid, NamespaceType.Mnt], ProcDirectory = "/proc" },
        ];
        Assert.All(without.Select(Plan), plan =>
        {
            Assert.True(plan.SharesDescriptors);
            Assert.Equal("close_range", plan.Steps[0].Call);
            Assert.Equal(LibC.CLOSE_RANGE_UNSHARE, plan.Steps[0].Arguments[3].Number);
            Assert.DoesNotContain(plan.Steps, step => step.Arguments.Any(IsOfSession));
        });
        using DescriptorHandle directory = new(Descriptor.OpenAt(LibC.AT_FDCWD, "/\0"u8, LibC.O_PATH));
        SpawnRequest[] with =
        [
            request with { StandardInput = "/dev/null" }, request with { StandardOutput = "/dev/null" }, request with { StandardError = "/dev/null" },
            request with { Types = [NamespaceType.Time], MonotonicOffset = TimeSpan.FromSeconds(1) }, request with { ParentDeathSignal = 9 },
            request with { RootDirectory = directory }, request with { StartDirectory = directory }, request with { ControlGroups = [directory] },
            request with { SecurityContext = "system_u:system_r:init_t:s0" },
        ];
        Assert.All(with.Select(Plan), plan =>
        {
            Assert.False(plan.SharesDescriptors);
            Assert.Equal(LibC.CLOSE_RANGE_CLOEXEC, plan.Steps.Single(step => step.Call == "close_range").Arguments[3].Number);
        });
    }

    private static bool IsOfSession(StepArgument argument) =>
        argument.Kind is StepArgumentKind.Descriptor or StepArgumentKind.Handle or StepArgumentKind.JoinedNamespace;

    [StartFact]
    public void A_kernel_without_namespaces_by_pidfd_is_asked_in_proc()
    {
        SpawnRequest request = new() { Program = "x", Types = [NamespaceType.Uts] };
        try
        {
            OlderKernel.Missing = KernelFeature.PidDescriptorNamespaces;
            Assert.Contains(Plan(request).Steps, step => step.Call == "readlinkat" && (string?)step.Arguments[1].Value == "/proc/self/ns/uts");

            // Another root may have no /proc.
            SpawnPlan rooted = Plan(request with { Root = "/mnt" });
            Assert.False(rooted.SharesDescriptors);
            Assert.Contains(rooted.Steps, step => step.Call == "readlinkat" && (string?)step.Arguments[1].Value == "self/ns/uts");
        }
        finally
        {
            OlderKernel.Missing = KernelFeature.None;
        }
    }

    [StartFact]
    public void A_kernel_without_pidfds_starts_nothing()
    {
        try
        {
            OlderKernel.Missing = KernelFeature.PidDescriptors;
            Assert.Equal("KernelTooOld", Assert.Throws<NamespaceException>(() => Plan(new SpawnRequest { Program = "x" })).ErrorId);
        }
        finally
        {
            OlderKernel.Missing = KernelFeature.None;
        }
    }

    [StartFact]
    public void Death_with_the_session_stays_set_and_is_confirmed_at_a_gate()
    {
        SpawnPlan plan = Plan(new SpawnRequest { Program = "x", ParentDeathSignal = 9 });
        int set = plan.Steps.Select((step, i) => (step, i)).Last(pair => pair.step.Call == "prctl" && pair.step.Arguments[1].Number == 9).i;
        Assert.True(set >= 0 && set < IndexOf(plan, step => step.Kind == ChildStepKind.Gate));
        Assert.Equal(set, plan.Steps.Select((step, i) => (step, i)).Last(pair => pair.step.Call == "prctl").i);
    }

    [StartFact]
    public void Another_signal_is_a_guards_business_and_not_the_kernels()
    {
        SpawnPlan plan = Plan(new SpawnRequest { Program = "x", ParentDeathSignal = 15 });
        Assert.DoesNotContain(plan.Steps, step => step.Call == "prctl" && step.Arguments[1].Number == 15);
        Assert.Equal(0, plan.Steps.Last(step => step.Call == "prctl").Arguments[1].Number);
    }

    [StartFact]
    public void A_reaper_has_memory_of_its_own_and_comes_after_all_that_the_program_is_given()
    {
        SpawnPlan plan = Plan(new SpawnRequest { Program = "x", Types = [NamespaceType.Pid], HasReaper = true, UserId = 5 });
        Assert.True(plan.HasPrivateMemory && plan.StaysAsReaper && !plan.SharesDescriptors);
        int reap = IndexOf(plan, step => step.Kind == ChildStepKind.Reap);
        Assert.True(IndexOf(plan, step => step.Call == "setresuid") < reap && reap < IndexOf(plan, step => step.Call == "close_range"));
        Assert.Equal("InvalidRequest", Assert.Throws<NamespaceException>(() => Plan(new SpawnRequest { Program = "x", HasReaper = true })).ErrorId);
    }

    [StartFact]
    public void Ids_change_groups_first_and_only_in_memory_of_ones_own()
    {
        SpawnPlan plan = Plan(new SpawnRequest { Program = "x", UserId = 5, GroupId = 6 });
        Assert.True(plan.HasPrivateMemory);
        string[] order = [.. plan.Steps.Select(step => step.Call).Where(call => call.StartsWith("set", StringComparison.Ordinal))];
        Assert.Equal(["setgroups", "setresgid", "setresuid"], order);
    }

    [StartFact]
    public void Groups_are_dropped_before_that_is_denied()
    {
        SpawnPlan plan = Plan(new SpawnRequest
        {
            Program = "x", Types = [NamespaceType.User], GroupMap = RootMap(IdKind.Group), SetGroups = SetGroupsPolicy.Deny, GroupId = 0,
        });
        Assert.Equal(ProcessCredentials.HasGroupsBesides(ProcessCredentials.GroupId) ? ["setgroups", "unshare"] : [], plan.Steps.Select(step => step.Call).Where(call => call is "setgroups" or "unshare"));
    }

    [StartFact]
    public void A_new_pid_namespace_of_another_owner_is_entered_by_a_second_process()
    {
        SpawnPlan plan = Plan(new SpawnRequest { Program = "x", Types = [NamespaceType.User, NamespaceType.Pid], Owner = (5, 6) });
        Assert.Empty(plan.CloneTypes);
        int owner = IndexOf(plan, step => step.Call == "setresuid");
        int unshare = IndexOf(plan, step => step.Call == "unshare");
        int clone = IndexOf(plan, step => step.Kind == ChildStepKind.Clone);
        Assert.True(owner >= 0 && owner < unshare && unshare < clone);
    }

    [StartFact]
    public void Mounts_are_private_before_the_first_one()
    {
        SpawnPlan plan = Plan(new SpawnRequest { Program = "x", Types = [NamespaceType.Mnt, NamespaceType.Pid], ProcDirectory = "/proc" });
        Assert.Equal(["all mounts are private", "mount proc on /proc"], plan.Steps.Where(step => step.Call == "mount").Select(step => step.Text!));
    }

    [StartTheory]
    [InlineData(MountPropagation.Private, true, "mount mount chdir pivot_root mount umount2 chdir")]
    [InlineData(MountPropagation.Slave, true, "mount mount chdir pivot_root mount umount2 chdir")]
    [InlineData(MountPropagation.Shared, true, "mount chroot chdir mount mount chdir")]
    [InlineData(MountPropagation.Unchanged, true, "chroot chdir mount mount chdir")]
    public void A_root_is_pivoted_to_where_that_can_be(MountPropagation propagation, bool hasProc, string calls)
    {
        SpawnPlan plan = Plan(new SpawnRequest
        {
            Program = "x", Types = [NamespaceType.Mnt], Root = "/root", Propagation = propagation, ProcDirectory = hasProc ? "/proc" : null,
        });
        Assert.Equal(calls, string.Join(' ', plan.Steps.Select(step => step.Call).Where(call => call is "mount" or "chroot" or "chdir" or "pivot_root" or "umount2")));
    }

    [StartFact]
    public void A_program_is_tried_in_each_directory_of_the_path_once()
    {
        SpawnRequest request = new() { Program = "x", SearchPath = "/a:/b::relative:/a" };
        Assert.Equal(["/a/x", "/b/x"], Plan(request).Programs);
        Assert.Equal(["./x"], Plan(request with { Program = "./x" }).Programs);
        Assert.Equal(["/x"], Plan(request with { SearchPath = string.Empty }).Programs);
    }

    [StartFact]
    public void No_program_is_the_login_shell_of_the_environment()
    {
        SpawnPlan plan = Plan(new SpawnRequest { Environment = ["SHELL=/usr/bin/fish"] });
        Assert.Equal("/usr/bin/fish", plan.Programs.Single());
        Assert.Equal("-fish", plan.Arguments.Single());
        Assert.Equal("/bin/sh", Plan(new SpawnRequest { Environment = ["SHELL="] }).Programs.Single());
    }

    [StartTheory]
    [InlineData("host")]
    [InlineData("map")]
    [InlineData("lo")]
    [InlineData("proc")]
    [InlineData("time")]
    [InlineData("persist")]
    [InlineData("nul")]
    [InlineData("long")]
    [InlineData("empty")]
    [InlineData("nulname")]
    [InlineData("uid")]
    [InlineData("gid")]
    [InlineData("owner")]
    public void What_contradicts_itself_is_refused(string what)
    {
        SpawnRequest request = what switch
        {
            "host" => new() { HostName = "x" },
            "map" => new() { UserMap = RootMap(IdKind.User) },
            "lo" => new() { LoopbackUp = true },
            "proc" => new() { ProcDirectory = "/proc" },
            "time" => new() { BootTimeOffset = TimeSpan.Zero },
            "persist" => new() { Persist = [new PinnedType(NamespaceType.Net, "/x")] },
            "nul" => new() { Program = "a\0b" },
            "long" => new() { Types = [NamespaceType.Uts], HostName = new string('x', 65) },
            "nulname" => new() { Types = [NamespaceType.Uts], HostName = "a\0b" },
            "uid" => new() { UserId = uint.MaxValue },
            "gid" => new() { GroupId = uint.MaxValue },
            "owner" => new() { Types = [NamespaceType.User], Owner = (0, uint.MaxValue) },
            _ => new() { Program = string.Empty },
        };
        Assert.Equal("InvalidRequest", Assert.Throws<NamespaceException>(() => Plan(request)).ErrorId);
    }

    [StartFact]
    public void The_plan_says_each_step_in_order()
    {
        string[] lines = [.. Plan(new SpawnRequest
        {
            Program = "/bin/x", Types = [NamespaceType.User, NamespaceType.Uts], UserMap = new IdMap(IdKind.User, [new IdRange(0, ProcessCredentials.UserId, 1)]), HostName = "a\nb", WorkingDirectory = "/tmp",
        }).Describe()];
        Assert.Equal(["clone: new user, uts", $"write: uid_map 0 {ProcessCredentials.UserId} 1", "sethostname: host name 'a\\nb'", "chdir: work in /tmp", "execve: /bin/x"], lines);
    }

    [Theory]
    [InlineData(LibC.ENOSPC, "user/max_net_namespaces=0", "NamespaceLimitReached", "user.max_net_namespaces = 0")]
    [InlineData(LibC.ENOSPC, "user/max_net_namespaces=7", "NamespaceLimitReached", "user.max_net_namespaces = 7")]
    [InlineData(LibC.EUSERS, "user/max_user_namespaces=3", "NamespaceLimitReached", "user.max_user_namespaces = 3")]
    [InlineData(LibC.EPERM, "kernel/unprivileged_userns_clone=0", "UserNamespaceBlocked", "kernel.unprivileged_userns_clone is 0")]
    [InlineData(LibC.EPERM, "kernel/apparmor_restrict_unprivileged_userns=1", "UserNamespaceBlocked", "AppArmor")]
    [InlineData(LibC.EPERM, "", "UserNamespaceBlocked", "the kernel refused")]
    [InlineData(LibC.EINVAL, "", "NamespaceTypeNotSupported", "net, user")]
    [InlineData(LibC.ENOMEM, "", "OutOfMemory", "memory")]
    [InlineData(LibC.EAGAIN, "", "ProcessLimitReached", "processes")]
    public void A_refused_clone_names_its_reason(int errno, string sysctl, string errorId, string text)
    {
        string root = Directory.CreateTempSubdirectory("lnt-sysctl").FullName;
        try
        {
            if (sysctl.Length > 0)
            {
                string[] parts = sysctl.Split('=');
                Directory.CreateDirectory(Path.Combine(root, Path.GetDirectoryName(parts[0])!));
                File.WriteAllText(Path.Combine(root, parts[0]), parts[1] + "\n");
            }

            NewNamespacesPart failure = new(new SpawnRequest { Types = [NamespaceType.User, NamespaceType.Net] }) { SysctlRoot = root };
            NamespaceException exception = failure.Refused(new LinuxException(errno, "clone"))!;
            Assert.Equal(errorId, exception.ErrorId);
            Assert.Contains(text, exception.Message);
            Assert.NotNull(exception.Remedy);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static SpawnPlan Plan(SpawnRequest request) => SpawnPlanner.Create(request);

    private static IdMap RootMap(IdKind kind) => new(kind, [new IdRange(0, 0, 1)]);

    private static int IndexOf(SpawnPlan plan, Func<ChildStep, bool> predicate) =>
        plan.Steps.Select((step, i) => (step, i)).Where(pair => predicate(pair.step)).Select(pair => pair.i).DefaultIfEmpty(-1).First();
}
