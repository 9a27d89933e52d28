using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using LinuxNamespaces.Interop;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>Has a C compiler compare every constant and struct in src/Interop with the system's headers.</summary>
public partial class InteropTests
{
    private const BindingFlags Members = BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    // A C# method and a C# struct of one class cannot share a name as they do in C.
    private static readonly Dictionary<string, string> s_structNames = new() { ["statx_t"] = "statx", ["sigaction_t"] = "sigaction" };

    // Structures that are unions in C.
    private static readonly HashSet<string> s_typedefs = ["siginfo_t", "stack_t", "ucontext_t"];
    private static readonly HashSet<string> s_unions = ["bpf_attr"];

    // Fields of unnamed structures within a union, which C reaches by a path.
    private static readonly Dictionary<string, string> s_fieldPaths = new()
    {
        ["link_create_prog_fd"] = "link_create.prog_fd",
        ["link_create_attach_type"] = "link_create.attach_type",
        ["iter_create_link_fd"] = "iter_create.link_fd",
    };

    // Newer than the headers of a current stable distribution: checked where the headers have them.
    private static readonly HashSet<string> s_newerThanHeaders =
    [
        "NS_GET_ID", "FD_NSFS_ROOT", "NSFS_FILE_HANDLE_SIZE_LATEST", // Linux 6.18
        "MNT_ID_REQ_SIZE_VER1", "STATMOUNT_SB_BASIC", "STATMOUNT_MNT_ROOT", "STATMOUNT_MNT_POINT", "LSMT_ROOT", // Linux 6.8, 6.11
        "STATMOUNT_MNT_BASIC", "STATMOUNT_PROPAGATE_FROM", "STATMOUNT_FS_TYPE", "STATMOUNT_MNT_OPTS", "STATMOUNT_FS_SUBTYPE", "STATMOUNT_SB_SOURCE", // Linux 6.8 to 6.13
        "STATMOUNT_MNT_UIDMAP", "STATMOUNT_MNT_GIDMAP", // Linux 6.15
        "PIDFD_GET_CGROUP_NAMESPACE", "PIDFD_GET_IPC_NAMESPACE", "PIDFD_GET_MNT_NAMESPACE", "PIDFD_GET_NET_NAMESPACE", // Linux 6.11
        "PIDFD_GET_PID_NAMESPACE", "PIDFD_GET_TIME_NAMESPACE", "PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE", "PIDFD_GET_USER_NAMESPACE", "PIDFD_GET_UTS_NAMESPACE",
        "PIDFD_GET_INFO", "PIDFD_INFO_EXIT", // Linux 6.13, 6.15
        "NS_MNT_GET_INFO", "NS_MNT_GET_NEXT", "NS_MNT_GET_PREV", // Linux 6.12
        "SYS_statmount", "SYS_listmount", "SYS_listns", // Linux 6.8, 6.19
        "IFLA_NETNS_IMMUTABLE", // Linux 6.15
        "CLONE_AUTOREAP", "CLONE_NNP", "CLONE_PIDFD_AUTOKILL", "OPEN_TREE_NAMESPACE", "SYS_fchroot", // Linux 7.0 to 7.3
        "LANDLOCK_ACCESS_FS_TRUNCATE", "LANDLOCK_ACCESS_FS_IOCTL_DEV", // Linux 6.2, 6.10
        "LANDLOCK_ACCESS_NET_BIND_TCP", "LANDLOCK_ACCESS_NET_CONNECT_TCP", "LANDLOCK_RULE_NET_PORT", // Linux 6.7
        "IFLA_NETKIT_PEER_INFO", "IFLA_NETKIT_MODE", "NETKIT_L2", "NETKIT_L3", // Linux 6.7
        "IPC_NS_INIT_INO", "UTS_NS_INIT_INO", "USER_NS_INIT_INO", "PID_NS_INIT_INO", // Linux 6.17
        "CGROUP_NS_INIT_INO", "TIME_NS_INIT_INO", "NET_NS_INIT_INO", "MNT_NS_INIT_INO",
    ];

    // Structs newer than that, with the macro of the header that has them.
    private static readonly Dictionary<string, string> s_structMacros = new()
    {
        ["mnt_id_req"] = "MNT_ID_REQ_SIZE_VER1",
        ["statmount"] = "STATMOUNT_MNT_UIDMAP",
        ["mnt_ns_info"] = "NS_MNT_GET_INFO",
        ["ns_id_req"] = "NS_ID_REQ_SIZE_VER0",
        ["pidfd_info"] = "PIDFD_GET_INFO",
    };

    // What newer headers have a longer struct of, and so another number: the kernel takes any size from the first on.
    private static readonly HashSet<string> s_growing = ["pidfd_info", "PIDFD_GET_INFO", "bpf_attr", "btf_header", "ucontext_t"];
    private const uint IoctlSizeMask = 0x3fff0000;

    private const string Headers = """
        #define _GNU_SOURCE
        #include <stddef.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <unistd.h>
        #include <dirent.h>
        #include <sched.h>
        #include <poll.h>
        #include <pwd.h>
        #include <grp.h>
        #include <mqueue.h>
        #include <signal.h>
        #include <time.h>
        #include <spawn.h>
        #include <ucontext.h>
        #include <net/if.h>
        #include <netinet/in.h>
        #include <sys/stat.h>
        #include <sys/eventfd.h>
        #include <sys/file.h>
        #include <sys/ioctl.h>
        #include <sys/inotify.h>
        #include <sys/mman.h>
        #include <sys/mount.h>
        #include <sys/pidfd.h>
        #include <sys/prctl.h>
        #include <sys/resource.h>
        #include <sys/socket.h>
        #include <sys/statfs.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <sys/utsname.h>
        #include <sys/wait.h>
        #include <linux/bpf.h>
        #include <linux/btf.h>
        #include <linux/capability.h>
        #include <linux/close_range.h>
        #include <linux/fib_rules.h>
        #include <linux/if.h>
        #include <linux/if_addr.h>
        #include <linux/if_link.h>
        #include <linux/inet_diag.h>
        #include <linux/landlock.h>
        #include <linux/magic.h>
        #include <linux/neighbour.h>
        #include <linux/net_namespace.h>
        #include <linux/netlink.h>
        #include <linux/nsfs.h>
        #include <linux/openat2.h>
        #include <linux/packet_diag.h>
        #include <linux/rtnetlink.h>
        #include <linux/sched.h>
        #include <linux/seccomp.h>
        #include <linux/securebits.h>
        #include <linux/sock_diag.h>
        #include <linux/sockios.h>
        #include <linux/unix_diag.h>
        #include <linux/veth.h>

        """;

    [Fact]
    public void Constants_and_structs_are_those_of_the_C_headers()
    {
        (string source, List<string> names) = Generate();
        Assert.True(names.Count > 80, "The generator found too little.");
        string errors = Compile(source);
        List<string> unknown = [.. Undeclared().Matches(errors).Select(match => match.Groups["name"].Value).Distinct()];
        Assert.Equal([], unknown.Except(s_newerThanHeaders));
        Assert.Equal([], Failed().Matches(errors).Select(match => match.Groups["text"].Value));

        // Whatever else the compiler has against the program must not hide a check.
        Assert.Equal([], errors.Split('\n').Where(line => line.Contains(" error: ") && !Undeclared().IsMatch(line) && !Failed().IsMatch(line)
            && !line.Contains("expression in static assertion is not")));
    }

    [Fact]
    public void A_wrong_constant_would_be_noticed() =>
        Assert.Matches(Failed(), Compile(Headers + "_Static_assert((long long)EPERM == 2LL, \"EPERM\");\n"));

    private static (string Source, List<string> Names) Generate()
    {
        StringBuilder source = new(Headers);
        List<string> names = [];
        foreach (FieldInfo constant in typeof(LibC).GetFields(Members).Where(field => field.IsLiteral && field.FieldType != typeof(string)))
        {
            object value = constant.GetRawConstantValue()!;

            // Compared in the width of the C# constant: C has some of them as unsigned, some as negative.
            string type = Marshal.SizeOf(value) switch { 1 => "unsigned char", 2 => "unsigned short", 4 => "unsigned int", _ => "unsigned long long" };
            string number = value is ulong large ? large.ToString(CultureInfo.InvariantCulture) + "ULL" : Convert.ToInt64(value, CultureInfo.InvariantCulture) + "LL";
            string mask = s_growing.Contains(constant.Name) ? $" & ~{IoctlSizeMask}u" : string.Empty;
            source.AppendLine(CultureInfo.InvariantCulture, $"_Static_assert((({type})({constant.Name}){mask}) == (({type})({number}){mask}), \"{constant.Name}\");");
            names.Add(constant.Name);
        }

        foreach (Type structure in typeof(LibC).GetNestedTypes(Members).Where(type => type.IsValueType && !type.IsEnum && !type.Name.StartsWith('<')))
        {
            string name = (s_unions.Contains(structure.Name) ? "union " : s_typedefs.Contains(structure.Name) ? string.Empty : "struct ") + s_structNames.GetValueOrDefault(structure.Name, structure.Name);
            string? macro = s_structMacros.GetValueOrDefault(structure.Name);
            source.AppendLine(macro is null ? "#if 1" : $"#ifdef {macro}");
            source.AppendLine(CultureInfo.InvariantCulture, $"_Static_assert(sizeof({name}) {(s_growing.Contains(structure.Name) ? ">=" : "==")} {SizeOf(structure)}, \"sizeof {name}\");");
            foreach (FieldInfo field in structure.GetFields(Members).Where(field => !field.IsStatic && !field.IsPrivate))
            {
                string path = s_fieldPaths.GetValueOrDefault(field.Name, field.Name);
                string label = $"{name}.{path}";
                source.AppendLine(CultureInfo.InvariantCulture, $"_Static_assert(offsetof({name}, {path}) == {OffsetOf(structure, field)}, \"offset {label}\");");
                source.AppendLine(CultureInfo.InvariantCulture, $"_Static_assert(sizeof((({name}*)0)->{path}) == {SizeOf(field.FieldType)}, \"size {label}\");");
                names.Add(label);
            }

            source.AppendLine("#endif");
        }

        return (source.ToString(), names);
    }

    private static int SizeOf(Type type) => type.IsPointer ? IntPtr.Size : (int)typeof(InteropTests)
        .GetMethod(nameof(UnsafeSizeOf), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, null)!;

    private static int UnsafeSizeOf<T>() => Unsafe.SizeOf<T>();

    private static long OffsetOf(Type type, FieldInfo field) => Marshal.OffsetOf(type, field.Name).ToInt64();

    private static string Compile(string source)
    {
        ProcessStartInfo start = new("gcc", "-x c -std=gnu11 -fsyntax-only -fmax-errors=0 -")
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        };
        using Process gcc = Process.Start(start)!;
        gcc.StandardInput.Write(source);
        gcc.StandardInput.Close();
        string errors = gcc.StandardError.ReadToEnd();
        gcc.WaitForExit();
        return errors;
    }

    [GeneratedRegex("""error: ['‘](?<name>\w+)['’] undeclared""")]
    private static partial Regex Undeclared();

    [GeneratedRegex("""static assertion failed: "(?<text>[^"]*)""")]
    private static partial Regex Failed();
}
