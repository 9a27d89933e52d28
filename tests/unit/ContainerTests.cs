using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Containers;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>Cgroup paths and state files as the runtimes write them.</summary>
public sealed class ContainerTests : IDisposable
{
    private const string Hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Other = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
    private const string Uid = "6d0f1b1e-7c5e-4f0b-9d3a-2f6f2f0c8a51";

    private readonly string _run = Directory.CreateTempSubdirectory("lnt-run-").FullName;

    public void Dispose() => Directory.Delete(_run, recursive: true);

    [Theory]
    [InlineData("0::/system.slice/docker-" + Hex + ".scope", "docker", Hex, null)]
    [InlineData("0::/system.slice/docker-" + Hex + ".scope/init", "docker", Hex, null)]
    [InlineData("12:memory:/docker/" + Hex + "\n11:pids:/docker/" + Hex, "docker", Hex, null)]
    [InlineData("12:memory:/\n1:name=systemd:/docker/" + Hex + "\n0::/", "docker", Hex, null)]
    [InlineData("0::/docker/" + Other + "/docker/" + Hex, "docker", Hex, null)]
    [InlineData("0::/machine.slice/libpod-" + Hex + ".scope/container", "podman", Hex, null)]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + Hex + ".scope", "podman", Hex, null)]
    [InlineData("0::/machine.slice/machine-libpod_pod_" + Other + ".slice/libpod-" + Hex + ".scope", "podman", Hex, Other)]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod6d0f1b1e_7c5e_4f0b_9d3a_2f6f2f0c8a51.slice/cri-containerd-" + Hex + ".scope", "containerd", Hex, Uid)]
    [InlineData("0::/kubepods.slice/kubepods-pod6d0f1b1e_7c5e_4f0b_9d3a_2f6f2f0c8a51.slice/crio-" + Hex + ".scope", "cri-o", Hex, Uid)]
    [InlineData("4:cpu:/kubepods/besteffort/pod" + Uid + "/" + Hex, "kubernetes", Hex, Uid)]
    [InlineData("0::/lxc.payload.web1", "lxc", "web1", null)]
    [InlineData("4:cpu:/lxc/web1", "lxc", "web1", null)]
    [InlineData("0::/machine.slice/machine-web.scope/payload", "nspawn", "web", null)]
    [InlineData("0::/machine.slice/machine-web\\x2dfront.scope", "nspawn", "web-front", null)]
    [InlineData("0::/machine.slice/systemd-nspawn@web.service/payload", "nspawn", "web", null)]
    [InlineData("0::/machine.slice/nsp.scope/payload", "nspawn", "nsp", null)]
    [InlineData("0::/machine.slice/nsp.scope/payload/init.scope", "nspawn", "nsp", null)]
    [InlineData("0::/machine.slice/web\\x2dfront.scope/payload", "nspawn", "web-front", null)]
    [InlineData("0::/machine.slice/systemd-nspawn@nsp.service/payload/system.slice", "nspawn", "nsp", null)]
    [InlineData("1:name=systemd:/machine.slice/systemd-nspawn@nsp.service", "nspawn", "nsp", null)]
    [InlineData("0::/machine.slice/systemd-nspawn@nsp.service/payload/supervisor", "nspawn", "nsp", null)]
    [InlineData("0::/" + Hex, "oci", Hex, null)]
    [InlineData("4:cpu:/lxc.payload/web1/init.scope", "lxc", "web1", null)]
    [InlineData("0::/machine.slice/machine-lxc\\x2d4711\\x2dweb\\x2dfront.scope/libvirt", "libvirt", "web-front", null)]
    [InlineData("12:cpu:/default/redis", "containerd", "redis", null)]
    [InlineData("0::/default/redis.1/init.scope", "containerd", "redis.1", null)]
    [InlineData("0::/k8s.io/" + Hex, "containerd", Hex, null)]
    [InlineData("0::/system.slice/nerdctl-" + Hex + ".scope", "containerd", Hex, null)]
    [InlineData("0::/docker/" + Hex + "/default/redis", "docker", Hex, null)]
    public void A_cgroup_path_gives_the_container(string text, string runtime, string id, string? pod)
    {
        Container? container = ContainerIdentity.FromCgroupFile(text);
        Assert.Equal((runtime, id, pod), (container?.Runtime, container?.Id, container?.Pod));
    }

    [Theory]
    [InlineData("0::/machine.slice/machine-web.scope/payload", 0, ":/machine.slice/machine-web.scope")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/app.slice/machine-web.scope", 1000, ":/user.slice/user-1000.slice/user@1000.service/app.slice/machine-web.scope")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/app.slice/user@0.service/lxc.payload.web/a", 1000, ":/user.slice/user-1000.slice/user@1000.service/app.slice/user@0.service/lxc.payload.web")]
    [InlineData("1:name=systemd:/user.slice/user-77.slice/docker-" + Hex + ".scope", 77, "name=systemd:/user.slice/user-77.slice/docker-" + Hex + ".scope")]
    [InlineData("0::/../user@1000.service/app.slice/docker-" + Hex + ".scope", 1000, ":/../user@1000.service/app.slice/docker-" + Hex + ".scope")]
    [InlineData("0::/docker/" + Other + "/docker/" + Hex + "/init", 0, ":/docker/" + Other + "/docker/" + Hex)]
    public void A_cgroup_path_tells_whose_it_is_and_which_of_one_name(string text, uint userId, string place)
    {
        Container? container = ContainerIdentity.FromCgroupFile(text);
        Assert.Equal((userId, place), (container?.UserId, container?.Place));
    }

    [Fact]
    public void Containers_of_two_users_are_two()
    {
        Assert.NotEqual(new Container("docker", Hex, null).Key, (new Container("docker", Hex, null) { UserId = 1000 }).Key);
        Assert.NotEqual(new Container("runc", "web", null).Key, (new Container("runc", "web", null) { UserId = 1000 }).Key);
        Assert.Equal(new Container("podman", Hex, null).Key, new Container("crun", Hex, null).Key);
    }

    [Theory]
    [InlineData("0::/")]
    [InlineData("0::/init.scope")]
    [InlineData("0::/system.slice/docker.service")]
    [InlineData("0::/machine.slice/libpod-conmon-" + Hex + ".scope")]
    [InlineData("0::/lxc.monitor.web1")]
    [InlineData("0::/machine.slice/machine-qemu\\x2d1\\x2dweb.scope/libvirt/vcpu0")]
    [InlineData("0::/machine.slice/nsp.scope")]
    [InlineData("0::/machine.slice/nsp.scope/supervisor")]
    [InlineData("0::/machine.slice/systemd-nspawn@web.service")]
    [InlineData("0::/machine.slice/systemd-nspawn@web.service/payloads")]
    [InlineData("0::/machine.slice/systemd-nspawn@web.service/supervisor")]
    [InlineData("0::/machine.slice/systemd-nspawn@web.service/supervisors")]
    [InlineData("0::/machine.slice/machine-web.scope/supervisor")]
    [InlineData("0::/machine.slice/libpod-conmon-" + Hex + ".scope/payload")]
    [InlineData("0::/system.slice/nsp.service/payload")]
    [InlineData("0::/default")]
    [InlineData("0::/system.slice/default/redis")]
    [InlineData("0::/user.slice/user-1000.slice/session-2.scope")]
    [InlineData("nonsense")]
    [InlineData("")]
    public void Other_paths_give_none(string text) => Assert.Null(ContainerIdentity.FromCgroupFile(text));

    [Fact]
    public void A_long_id_is_shown_as_its_first_twelve_digits()
    {
        Assert.Equal("docker:0123456789ab", new Container("docker", Hex, null).ToString());
        Assert.Equal("runc:web", new Container("runc", "web", null).ToString());
    }

    [Fact]
    public void A_container_whose_id_nobody_knows_goes_by_its_runtime() => Assert.Equal("nspawn", new Container("nspawn", "", null).ToString());

    [Theory]
    [InlineData("614 587 8:1 /var/lib/docker/containers/" + Hex + "/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw", "docker", Hex, null)]
    [InlineData("614 587 8:2 /containers/" + Hex + "/hosts /etc/hosts rw - ext4 /dev/sdb1 rw", "docker", Hex, null)]
    [InlineData("614 587 0:9 /containers/storage/overlay-containers/" + Hex + "/userdata/hostname /etc/hostname rw - tmpfs tmpfs rw", "podman", Hex, null)]
    [InlineData("614 587 8:1 /var/lib/kubelet/pods/" + Uid + "/etc-hosts /etc/hosts rw - ext4 /dev/sda1 rw\n615 587 0:9 /containers/storage/overlay-containers/" + Hex + "/userdata/resolv.conf /etc/resolv.conf rw - tmpfs tmpfs rw", "kubernetes", "", Uid)]
    public void The_files_mounted_into_a_container_give_its_id(string table, string runtime, string id, string? pod) =>
        Assert.Equal(new Container(runtime, id, pod), ContainerHints.FromMounts(table));

    [Theory]
    [InlineData("")]
    [InlineData("614 587 8:1 / /var/lib/docker/containers/" + Hex + "/mounts/shm rw - tmpfs shm rw")]
    [InlineData("614 587 8:1 /home/user/containers/web/hosts /etc/hosts rw - ext4 /dev/sda1 rw")]
    public void Other_mounts_give_none(string table) => Assert.Null(ContainerHints.FromMounts(table));

    [Theory]
    [InlineData("container=lxc\0TERM=linux\0", "lxc")]
    [InlineData("PATH=/bin\0container=systemd-nspawn\0", "nspawn")]
    [InlineData("PATH=/bin\0container=lxc-libvirt\0", "libvirt")]
    [InlineData("container=podman\0", "podman")]
    [InlineData("container=\u001b[31m\0", "container")]
    [InlineData("container=docker\n\0", "container")]
    [InlineData("PATH=/bin\0my_container=x\0", null)]
    [InlineData("container=\0", null)]
    [InlineData("", null)]
    public void The_variable_container_gives_the_runtime(string environment, string? runtime) =>
        Assert.Equal(runtime, ContainerHints.FromEnvironment(environment)?.ToString());

    [Fact]
    public void Names_are_read_where_each_runtime_keeps_them()
    {
        const string Third = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        Write("var/lib/docker/containers/" + Hex + "/config.v2.json", """{"ID":"x","Name":"/web","State":{"Pid":1}}""");
        Write("root/.local/share/docker/containers/" + Other + "/config.v2.json", """{"Name":"/own"}""");
        Write("var/lib/containers/storage/overlay-containers/containers.json", $$"""[{"id":"{{Other}}","names":["db","database"]},{"id":"{{Hex}}"},{"id":"{{Hex}}","names":null}]""");
        Write("var/lib/containers/storage/vfs-containers/volatile-containers.json", $$"""[{"id":"{{Third}}","names":["passing"]}]""");
        Write("root/.local/share/containers/storage/overlay-containers/containers.json", $$"""[{"id":"{{Third}}","names":["rootless"]}]""");
        Write("var/lib/nerdctl/1935db59/names/default/redis", Third + "\n");
        Write("var/log/containers/web-1_prod_nginx-" + Third + ".log", "");

        ContainerNames names = new(_run);
        Assert.Equal(["web"], names.Of(new Container("docker", Hex, null)));
        Assert.Equal(["database", "db", "own"], names.Of(new Container("podman", Other, null)).Order());
        Assert.Equal(["nginx", "passing", "redis", "rootless", "web-1", "web-1_prod_nginx"], names.Of(new Container("containerd", Third, null)).Order());
        Assert.Empty(names.Of(new Container("lxc", "../../etc", null)));
    }

    [RootFact]
    public void Names_from_a_home_are_of_its_owners_containers_alone()
    {
        string[] files =
        [
            ".local/share/containers/storage/overlay-containers/containers.json", ".local/share/nerdctl/1935db59/names/default/cache", ".local/share/docker/containers/" + Hex + "/config.v2.json",
        ];
        string[] texts = [$$"""[{"id":"{{Hex}}","names":["prod-db"]}]""", Hex, """{"Name":"/front"}"""];
        foreach ((string file, string text) in files.Zip(texts))
        {
            Write("home/mallory/" + file, text);
            Write("home/ann/" + file, text);
        }

        Write("var/lib/docker/containers/" + Hex + "/config.v2.json", """{"Name":"/web"}""");
        Run("chown", "-R", "4711", Path.Combine(_run, "home/mallory"));

        // What others have put into a home, or what a link there leads to, is not its owner's word.
        Chown("home/ann", 4712);

        ContainerNames names = new(_run);
        Container container = new("docker", Hex, null);
        Assert.Equal(["web"], names.Of(container));
        Assert.Equal(["cache", "front", "prod-db"], names.Of(container with { UserId = 4711 }).Order());
        Assert.Empty(names.Of(container with { UserId = 4712 }));
    }

    // Anybody may call a file so that a pattern's $ would let it through.
    [Fact]
    public void A_newline_at_the_end_makes_another_id_and_another_log()
    {
        Write("var/lib/docker/containers/" + Hex + "\n/config.v2.json", """{"Name":"/web"}""");
        Write("var/log/containers/web-1_prod_nginx-" + Hex + ".log\n", "");
        ContainerNames names = new(_run);
        Assert.Empty(names.Of(new Container("docker", Hex + "\n", null)));
        Assert.Empty(names.Of(new Container("docker", Hex, null)));
    }

    [Fact]
    public void Docker_may_keep_its_names_elsewhere()
    {
        Write("etc/docker/daemon.json", """{"data-root":"/srv/docker"}""");
        Write("srv/docker/containers/" + Hex + "/config.v2.json", """{"Name":"/web"}""");
        Assert.Equal(["web"], new ContainerNames(_run).Of(new Container("docker", Hex, null)));
    }

    [Fact]
    public void Docker_keeps_its_names_apart_for_a_user_namespace()
    {
        Write("etc/docker/daemon.json", """{"data-root":"/srv/docker","userns-remap":"tester"}""");
        Write("srv/docker/100000.100000/containers/" + Hex + "/config.v2.json", """{"Name":"/web"}""");
        Write("srv/docker/other/containers/" + Hex + "/config.v2.json", """{"Name":"/other"}""");
        Assert.Equal(["web"], new ContainerNames(_run).Of(new Container("docker", Hex, null)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{\"Name\":7}")]
    [InlineData("[{\"names\":[\"web\"]},3]")]
    [InlineData("{\"Name\":\"/we")]
    public void Damaged_files_give_no_names_and_no_errors(string text)
    {
        Write("var/lib/docker/containers/" + Hex + "/config.v2.json", text);
        Write("var/lib/containers/storage/overlay-containers/containers.json", text);
        Write("etc/docker/daemon.json", text);
        Assert.DoesNotContain("web", new ContainerNames(_run).Of(new Container("docker", Hex, null)));
    }

    [Fact]
    public void A_pipe_in_place_of_a_file_is_not_waited_for()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_run, "user/1000/runc/odd")).FullName;
        Run("mkfifo", Path.Combine(folder, "state.json"));
        using ProcFileSystem proc = ProcFileSystem.Open();
        Assert.Empty(ContainerStates.Read(proc, 0, _run).All);
    }

    // inotify reports each open, but no O_PATH, with which a file is only looked at.
    [Fact]
    public void What_is_no_plain_file_is_not_opened()
    {
        const uint IN_OPEN = 0x20;
        Run("mkfifo", Path.Combine(_run, "pipe"));
        File.WriteAllText(Path.Combine(_run, "plain"), "text");
        File.CreateSymbolicLink(Path.Combine(_run, "to-pipe"), Path.Combine(_run, "pipe"));
        File.CreateSymbolicLink(Path.Combine(_run, "to-plain"), Path.Combine(_run, "plain"));
        using Inotify watch = new();
        Assert.NotEqual(-1, watch.Watch(_run, IN_OPEN));
        Assert.Null(PlainFile.TryRead(Path.Combine(_run, "to-pipe")));
        Assert.Equal("text"u8.ToArray(), PlainFile.TryRead(Path.Combine(_run, "to-plain")));
        Assert.Equal(["plain"], watch.Read().Select(each => each.Name));
    }

    [Fact]
    public void State_files_of_all_runtimes_are_read()
    {
        Write("runc/web/state.json", """{"id":"web","init_process_pid":4711,"init_process_start":98765}""");
        Write("crun/pet/status", """{"pid":4713,"process-start-time":77,"bundle":"/x"}""");
        Write("containerd/runc/k8s.io/" + Hex + "/state.json", """{"init_process_pid":4714,"init_process_start":2}""");
        Write("docker/runtime-runc/moby/" + Other + "/state.json", """{"init_process_pid":4715,"init_process_start":3}""");

        // podman and cri-o without control groups are told by where the bundle is.
        Write($"crun/{Hex}/status", $$"""{"pid":4716,"process-start-time":5,"cgroup-path":"","bundle":"/var/lib/containers/storage/overlay-containers/{{Hex}}/userdata"}""");
        Write($"runc/{Other}/state.json", $$"""{"init_process_pid":4717,"init_process_start":6,"config": {"labels":["user=x","bundle=/run/containers/storage/overlay-containers/{{Other}}/userdata"] } }""");
        Write("crun/lookalike/status", $$"""{"pid":4718,"process-start-time":7,"bundle":"/x/overlay-containers/{{Hex}}/userdata"}""");

        // systemd-machined: --keep-unit leaves no other trace of the name.
        Write("systemd/machines/nsp", "# This is private data. Do not parse.\nNAME=nsp\nUNIT=svc.service\nSCOPE=svc.service\nSERVICE=systemd-nspawn\nLEADER=4719\nCLASS=container\n");
        Write("systemd/machines/vm", "NAME=vm\nSERVICE=systemd-vmspawn\nLEADER=4720\nCLASS=vm\n");
        Write("systemd/machines/lxc-1-web", "NAME=lxc-1-web\nSERVICE=libvirt-lxc\nLEADER=4721\nCLASS=container\n");
        Write("systemd/machines/odd", "NAME=odd\nSERVICE=systemd-nspawn\nLEADER=many\nCLASS=container\n");
        File.CreateSymbolicLink(Path.Combine(_run, "systemd/machines/unit:svc.service"), "nsp");
        Write("runc/half/state.json", """{"id":"half","init_proc""");
        Write("runc/odd/state.json", """{"init_process_pid":"many"}""");
        Write("runc/empty/state.json", "");
        Directory.CreateDirectory(Path.Combine(_run, "runc/none"));

        using ProcFileSystem proc = ProcFileSystem.Open();
        string[] found = [.. ContainerStates.Read(proc, 0, _run).All.Select(each => $"{each.Container} {each.Process.ProcessId} {each.Process.StartTicks}").Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "containerd:0123456789ab 4714 2", "cri-o:fedcba987654 4717 6", "crun:lookalike 4718 7", "crun:pet 4713 77", "docker:fedcba987654 4715 3",
                "nspawn:nsp 4719 ", "podman:0123456789ab 4716 5", "runc:web 4711 98765",
            ],
            found);
    }

    [Fact]
    public void Whose_container_LXC_runs_is_told_by_its_managers_folder()
    {
        Directory.CreateDirectory(Path.Combine(_run, "var/lib/incus/containers/in1"));
        File.CreateSymbolicLink(Path.Combine(_run, "var/lib/incus/containers/proj_in3"), "/var/lib/incus/storage-pools/nosuchpool/containers/proj_in3");
        Directory.CreateDirectory(Path.Combine(_run, "var/snap/lxd/common/lxd/containers/old"));
        string[] runtimes = [.. new[] { "in1", "proj_in3", "old", "own" }.Select(name => ContainerIdentity.OfManager(new Container("lxc", name, null), _run).Runtime)];
        Assert.Equal(["incus", "incus", "lxd", "lxc"], runtimes);

        // By its name, and by its project and name.
        ContainerNames names = new(_run);
        Assert.Equal(["in3"], names.Of(new Container("incus", "proj_in3", null)));
        Assert.Empty(names.Of(new Container("incus", "in1", null)));
        Assert.Equal("in3", names.NameOf(new Container("incus", "proj_in3", null)));
    }

    [Fact]
    public void A_container_is_shown_by_its_name_where_that_is_known()
    {
        Write("var/lib/docker/containers/" + Hex + "/config.v2.json", """{"ID":"x","Name":"/we\u001bb"}""");
        Write("var/log/containers/web-1_prod_nginx-" + Other + ".log", "");
        ContainerNames names = new(_run);
        Assert.Equal("docker:we\\x1bb", Shown(new Container("docker", Hex, null)));
        Assert.Equal("containerd:web-1_prod_nginx", Shown(new Container("containerd", Other, null)));
        Assert.Equal("podman:fedcba987654", Shown(new Container("podman", Other, null) { UserId = 77 }));

        string Shown(Container container) => (container with { Name = names.NameOf(container) }).ToString();
    }

    [Fact]
    public void A_process_is_in_the_container_whose_first_process_shares_its_mounts()
    {
        ProcessIdentity self = ProcessIdentity.Of(Environment.ProcessId);
        using ProcFileSystem proc = ProcFileSystem.Open();
        Assert.True(ProcessDirectory.TryOpen(proc, Environment.ProcessId, out ProcessDirectory process));
        using (process)
        {
            Write("runc/web/state.json", $$"""{"init_process_pid":{{self.ProcessId}},"init_process_start":{{self.StartTicks}}}""");
            Assert.Equal("runc:web", ContainerStates.Read(proc, 0, _run).Find(process)?.ToString());

            // Not where it is everybody's, nor where the first process is another by now.
            ulong own = process.ReadNamespaceInode(NamespaceLink.PathOf(NamespaceType.Mnt));
            Assert.Null(ContainerStates.Read(proc, own, _run).Find(process));
            Write("runc/web/state.json", $$"""{"init_process_pid":{{self.ProcessId}},"init_process_start":{{self.StartTicks - 1}}}""");
            Assert.Null(ContainerStates.Read(proc, 0, _run).Find(process));
        }
    }

    // What root has no part in: files that say a process of the host, or one of another user, is a container of theirs.
    [RootFact]
    public void A_user_can_claim_their_own_containers_alone()
    {
        const uint User = 4711;
        using Process theirs = StartUnshared("setpriv --reuid 4711 --regid 4711 --clear-groups unshare -Urm");
        using Process host = StartUnshared("setpriv --reuid 4711 --regid 4711 --clear-groups");
        using Process others = StartUnshared("setpriv --reuid 4712 --regid 4712 --clear-groups unshare -Urm");
        using Process roots = StartUnshared("unshare -m");
        try
        {
            Claim("runc/web", roots, 0);
            Claim("user/4711/runc/web", roots, User);
            Claim("user/4711/runc/host", host, User);
            Claim("user/4711/runc/others", others, User);
            Claim("user/4711/runc/own", theirs, User);
            Claim("user/4711/runc/link", theirs, User);
            File.Delete(Path.Combine(_run, "user/4711/runc/link/state.json"));
            File.CreateSymbolicLink(Path.Combine(_run, "user/4711/runc/link/state.json"), Path.Combine(_run, "runc/web/state.json"));
            Chown("user/4711", User);

            using ProcFileSystem proc = ProcFileSystem.Open();
            ContainerStates states = ContainerStates.Read(proc, 0, _run);
            Assert.Equal(
                [$"0:runc:web {roots.Id}", $"4711:runc:own {theirs.Id}"],
                states.All.Select(each => $"{each.Container.Key} {each.Process.ProcessId}"));
            Assert.Equal(["0:runc:web", "4711:runc:own", null, null], new[] { roots, theirs, host, others }.Select(each => KeyOf(proc, states, each)));
        }
        finally
        {
            foreach (Process process in new[] { theirs, host, others, roots })
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }
        }

        static string? KeyOf(ProcFileSystem proc, ContainerStates states, Process of)
        {
            Assert.True(ProcessDirectory.TryOpen(proc, of.Id, out ProcessDirectory process));
            using (process)
            {
                return states.Find(process)?.Key;
            }
        }
    }

    private void Claim(string folder, Process process, uint userId)
    {
        ProcessIdentity identity = ProcessIdentity.Of(process.Id);
        Write(folder + "/state.json", $$"""{"init_process_pid":{{identity.ProcessId}},"init_process_start":{{identity.StartTicks}}}""");
        Chown(folder + "/state.json", userId);
    }

    private void Chown(string path, uint userId) => Run("chown", userId.ToString(System.Globalization.CultureInfo.InvariantCulture), Path.Combine(_run, path));

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    // It says that it is where it was sent; each of these replaces the last, so the number stays.
    private static Process StartUnshared(string launcher)
    {
        Process process = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec {launcher} sh -c 'echo ready; exec sleep 60'"]) { RedirectStandardOutput = true })!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process;
    }

    private void Write(string path, string text)
    {
        string file = Path.Combine(_run, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
