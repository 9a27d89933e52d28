#!/bin/sh
# The synchronous HttpClient.Send of a thread in another network namespace connects in whichever namespace a pool thread happens to be.
#
# Version:     .NET 8.0.34, 9.0.23 and 10.0.15 (NuGet Microsoft.NETCore.App.Runtime.linux-x64).
# Expectation: a network namespace belongs to a thread, and a socket to the namespace of the thread that makes it. TcpClient.Connect makes it
#              on the calling thread, so a thread in an empty namespace finds the network unreachable. Send is synchronous too.
# Behaviour:   Send lets a thread of the pool make the connection. If the pool has an idle thread, the request of a thread in an empty
#              namespace reaches a server of the namespace that it left. If the pool has none, the new thread inherits the empty namespace,
#              the request fails, and the pool keeps that thread: later work of others, here Task.Run in Main, runs in the empty namespace.
# Needs:       an x86-64 Debian system, root, network namespaces, and the .NET SDK 10.

. "$(dirname "$0")/common.sh"
need_root
need dotnet

cat >"$work/http.cs" <<'EOF'
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

static string Namespace() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!;

static string Try(Func<string> action)
{
    try { return action(); }
    catch (Exception error) when (error is SocketException or HttpRequestException)
    {
        return ((error as SocketException) ?? (SocketException)error.InnerException!).SocketErrorCode.ToString();
    }
}

var listener = new TcpListener(IPAddress.Loopback, 0);
listener.Start();
int port = ((IPEndPoint)listener.LocalEndpoint).Port;
new Thread(() =>
{
    while (true)
    {
        using var client = listener.AcceptTcpClient();
        client.GetStream().Read(new byte[4096]);
        client.GetStream().Write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nouter"u8);
    }
}) { IsBackground = true }.Start();

string own = Namespace();
if (args[0] == "idle")
{
    // As many pool threads as there are processors meet at a barrier; then all of them are idle.
    int count = Environment.ProcessorCount;
    using var barrier = new Barrier(count + 1);
    for (int i = 0; i < count; i++)
    {
        ThreadPool.QueueUserWorkItem(_ => barrier.SignalAndWait());
    }
    barrier.SignalAndWait();
}

var thread = new Thread(() =>
{
    if (Libc.unshare(0x40000000) != 0) throw new InvalidOperationException("unshare");
    Console.WriteLine("Connect: " + Try(() => { using var client = new TcpClient(AddressFamily.InterNetwork); client.Connect(IPAddress.Loopback, port); return "connected"; }));
    Console.WriteLine("Send: " + Try(() =>
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var response = client.Send(new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/"));
        return new StreamReader(response.Content.ReadAsStream()).ReadToEnd();
    }));
});
thread.Start();
thread.Join();
Console.WriteLine("Main: " + (Namespace() == own ? "own" : "other"));
Console.WriteLine("Task.Run: " + (Task.Run(Namespace).Result == own ? "own" : "other"));

static class Libc
{
    [DllImport("libc")] public static extern int unshare(int flags);
}
EOF

for version in net8.0:8.0.34 net9.0:9.0.23 net10.0:10.0.15; do
    csharp http "${version%:*}" "${version#*:}"
    echo ".NET ${version#*:}"
    expect 'with idle pool threads' 'Connect: NetworkUnreachable|Send: outer|Main: own|Task.Run: own' \
        "$("$work/${version%:*}/http" idle | paste -sd '|')"
    expect 'with an empty pool' 'Connect: NetworkUnreachable|Send: NetworkUnreachable|Main: own|Task.Run: other' \
        "$("$work/${version%:*}/http" empty | paste -sd '|')"
done
