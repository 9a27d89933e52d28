using System;
using System.Diagnostics;
using System.Linq;
using LinuxNamespaces.Kernel.Processes;
using Xunit;

namespace LinuxNamespaces.UnitTests;

public class SignalNameTests
{
    // kill -l of bash, which goes by the C library's numbers.
    [Theory]
    [InlineData("TERM")]
    [InlineData("SIGTERM")]
    [InlineData("term")]
    [InlineData("IOT")]
    [InlineData("CLD")]
    [InlineData("POLL")]
    [InlineData("RTMIN")]
    [InlineData("RTMIN+2")]
    [InlineData("SIGRTMIN+15")]
    [InlineData("RTMAX")]
    [InlineData("RTMAX-1")]
    [InlineData("SIGRTMAX-14")]
    public void A_name_has_the_number_that_a_program_counts(string name)
    {
        // Python has all of them by name; real-time ones are counted from the two at the ends.
        string code = "import re, signal, sys\nn = sys.argv[1].upper().removeprefix('SIG')\nm = re.match(r'(RTMIN|RTMAX)([+-]\\d+)?$', n)\n"
            + "print(int(getattr(signal, 'SIG' + m[1])) + int(m[2] or 0) if m else int(getattr(signal, 'SIG' + n)))";
        ProcessStartInfo start = new("python3", ["-c", code, name]) { RedirectStandardOutput = true };
        using Process python = Process.Start(start)!;
        string expected = python.StandardOutput.ReadToEnd().Trim();
        python.WaitForExit();
        Assert.Equal(expected, $"{SignalName.Parse(name)}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("SIG")]
    [InlineData("NOSUCH")]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("RTMIN-1")]
    [InlineData("RTMAX+1")]
    [InlineData("RTMIN+31")]
    [InlineData("RTMIN+")]
    [InlineData("RTMIN+ 1")]
    public void What_is_not_a_signal_is_refused(string name) =>
        Assert.Equal("InvalidRequest", Assert.Throws<NamespaceException>(() => SignalName.Parse(name)).ErrorId);
}
