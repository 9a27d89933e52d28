#!/bin/sh
# System.Net.NetworkInformation mixes two network namespaces when a thread has left the one of its process.
#
# Version:     .NET 8.0.34, 9.0.23 and 10.0.15 (NuGet Microsoft.NETCore.App.Runtime.linux-x64).
# Expectation: on a thread in a fresh network namespace NetworkInterface and IPGlobalProperties describe that namespace, or that of the
#              process; in any case one of the two.
# Behaviour:   the list of interfaces is the thread's: the loopback alone, down. The byte count of that loopback is that of the process's
#              loopback, and the listeners are those of the process. Interfaces come from a netlink socket of the thread, numbers and
#              listeners from /proc/net, and that link leads to the first thread of the process rather than to the one that reads.
# Needs:       an x86-64 Debian system, root, network namespaces, and the .NET SDK 10. Two fresh network namespaces are used.

. "$(dirname "$0")/common.sh"
need_root
need dotnet unshare ip

cat >"$work/info.cs" <<'EOF'
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;

// A listener and some traffic in the namespace of the process, whose loopback is up.
var listener = new TcpListener(IPAddress.Loopback, 0);
listener.Start();
int port = ((IPEndPoint)listener.LocalEndpoint).Port;
using (var client = new TcpClient("127.0.0.1", port))
using (var server = listener.AcceptTcpClient())
{
    client.GetStream().Write(new byte[10000]);
    server.GetStream().ReadExactly(new byte[10000]);
}

static string Kernel(string file) => File.ReadLines(file).Select(line => line.Trim()).First(line => line.StartsWith("lo:")).Split(':', ' ').Where(word => word != "").ElementAt(1);

Describe("process", port);
var thread = new Thread(() =>
{
    if (Libc.unshare(0x40000000) != 0) throw new InvalidOperationException("unshare");
    Describe("thread", port);
    Console.WriteLine("kernel: " + (Kernel("/proc/thread-self/net/dev") == "0" ? "no traffic" : "traffic"));
});
thread.Start();
thread.Join();

static void Describe(string name, int port)
{
    var loopback = NetworkInterface.GetAllNetworkInterfaces().Single();
    Console.WriteLine($"{name}: {loopback.Name} {(loopback.OperationalStatus == OperationalStatus.Down ? "down" : "not down")}, "
        + $"{(loopback.GetIPStatistics().BytesReceived > 10000 ? "traffic" : "no traffic")}, "
        + $"{IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Count(end => end.Port == port)} listener");
}

static class Libc
{
    [DllImport("libc")] public static extern int unshare(int flags);
}
EOF

for version in net8.0:8.0.34 net9.0:9.0.23 net10.0:10.0.15; do
    csharp info "${version%:*}" "${version#*:}"
    echo ".NET ${version#*:}"
    expect 'seen' 'process: lo not down, traffic, 1 listener|thread: lo down, traffic, 1 listener|kernel: no traffic' \
        "$(unshare --net sh -c 'ip link set lo up; exec "$0"' "$work/${version%:*}/info" | paste -sd '|')"
done
