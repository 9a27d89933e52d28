#!/bin/sh
# Thread.Start throws OutOfMemoryException after unshare(CLONE_NEWPID), and starting a second program reports no memory either.
#
# Version:     .NET 8.0.34, 9.0.23 and 10.0.15 (NuGet Microsoft.NETCore.App.Runtime.linux-x64).
# Expectation: the kernel refuses a thread whose pid namespace would differ from that of its process, with EINVAL. Thread.Start reports an
#              invalid operation or the errno.
# Behaviour:   Thread.Start throws OutOfMemoryException on a machine with plenty of memory. The first program that the same thread starts
#              runs and is process 1 of the new namespace. Once it has ended, Process.Start fails with "Cannot allocate memory", ENOMEM,
#              which stands for a pid namespace without its first process.
# Needs:       an x86-64 Debian system, root, pid namespaces, and the .NET SDK 10.

. "$(dirname "$0")/common.sh"
need_root
need dotnet

cat >"$work/start.cs" <<'EOF'
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

static string Start()
{
    using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "echo $$"]) { RedirectStandardOutput = true })!;
    string number = process.StandardOutput.ReadToEnd().Trim();
    process.WaitForExit();
    return number;
}

// What starts threads of its own the first time does so before the namespace changes.
Start();
var answers = new List<string>();
var thread = new Thread(() =>
{
    if (Libc.unshare(0x20000000) != 0) throw new InvalidOperationException("unshare");
    try { new Thread(() => { }).Start(); answers.Add("thread started"); }
    catch (Exception error) { answers.Add(error.GetType().Name); }
    try { answers.Add("first program is " + Start()); }
    catch (Win32Exception error) { answers.Add("errno " + error.NativeErrorCode); }
    try { answers.Add("second program is " + Start()); }
    catch (Win32Exception error) { answers.Add("errno " + error.NativeErrorCode); }
});
thread.Start();
thread.Join();
Console.WriteLine(string.Join(", ", answers));

static class Libc
{
    [DllImport("libc")] public static extern int unshare(int flags);
}
EOF

for version in net8.0:8.0.34 net9.0:9.0.23 net10.0:10.0.15; do
    csharp start "${version%:*}" "${version#*:}"
    echo ".NET ${version#*:}"
    expect 'seen' 'OutOfMemoryException, first program is 1, errno 12' "$("$work/${version%:*}/start")"
done
