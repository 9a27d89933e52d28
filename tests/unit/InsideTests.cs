using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using LinuxNamespaces.Commands.Remote.Server;
using LinuxNamespaces.Commands.Remote.Wire;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Enter;
using Xunit;

namespace LinuxNamespaces.UnitTests;

/// <summary>What goes to and fro between a session and the PowerShell inside, and what is read of a target.</summary>
public class InsideTests
{
    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("zwölf Boxkämpfer 🐧\0\n")]
    public void A_frame_comes_out_as_it_went_in(string text)
    {
        MemoryStream pipe = new();
        new FrameChannel(Stream.Null, pipe).Write(FrameKind.Output, text);
        pipe.Position = 0;
        FrameChannel reader = new(pipe, Stream.Null);
        Assert.True(reader.TryRead(out FrameKind kind, out string read));
        Assert.Equal((FrameKind.Output, text), (kind, read));
        Assert.False(reader.TryRead(out _, out _));
    }

    [Theory]
    [InlineData(new byte[] { 17 })]
    [InlineData(new byte[] { 17, 5, 0, 0, 0, 65 })]
    [InlineData(new byte[] { 17, 255, 255, 255, 255 })]
    public void A_frame_that_is_cut_off_is_the_end(byte[] bytes) =>
        Assert.False(new FrameChannel(new MemoryStream(bytes), Stream.Null).TryRead(out _, out _));

    [Fact]
    public void A_length_that_is_a_lie_takes_no_memory()
    {
        byte[] bytes = [17, 0, 0, 0, 0x7F, 65];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(new FrameChannel(new MemoryStream(bytes), Stream.Null).TryRead(out _, out _));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 * 1024 * 1024);
    }

    [Theory]
    [InlineData("root:x:0:0::/root:/bin/bash\n", 0, "/bin/bash")]
    [InlineData("a:x:1:1::/:/bin/a\nb:x:2:2::/:/bin/b", 2, "/bin/b")]
    [InlineData("root:x:0:0::/root:/usr/sbin/nologin\n", 0, null)]
    [InlineData("root:x:0:0::/root:relative\n", 0, null)]
    [InlineData("root:x:0:0\n", 0, null)]
    [InlineData("", 0, null)]
    public void The_shell_is_that_of_the_uid(string passwd, uint userId, string? shell) => Assert.Equal(shell, InsideShell.Parse(passwd, userId));

    [Fact]
    public void Reading_a_pipe_ends_when_it_is_stopped()
    {
        using Pipe pipe = Pipe.Create();
        using WakeUp stop = new();
        using Pipe other = Pipe.Create();
        using Timer timer = new(_ => stop.Signal(), null, 50, Timeout.Infinite);
        List<int> lengths = [];
        OutputPump.Run(pipe.Reading, block => lengths.Add(block.Length), other.Reading, block => lengths.Add(block.Length), stop);
        Assert.Equal([0, 0], lengths);
    }

    [Fact]
    public void Output_and_errors_are_read_to_their_ends()
    {
        using Pipe output = Pipe.Create();
        using Pipe errors = Pipe.Create();
        using WakeUp never = new();
        Assert.True(PipeWriter.TryWrite(output.Writing, never, "one"u8));
        Assert.True(PipeWriter.TryWrite(errors.Writing, never, "two"u8));
        output.Writing.Dispose();
        errors.Writing.Dispose();
        List<string> read = [];
        OutputPump.Run(
            output.Reading, block => read.Add("output " + Encoding.UTF8.GetString(block)), errors.Reading, block => read.Add("errors " + Encoding.UTF8.GetString(block)), never);
        Assert.Equal(["output one", "errors two", "output ", "errors "], read);
    }

    [Fact]
    public void Variables_that_are_restored_keep_every_character()
    {
        string[] variables = ["NAME", "POWERSHELL_UPDATECHECK=Off\nPATH", "TRAILING=a\n", "SPACED= a b ", "EMPTY=", "ZWÖLF=🐧\t\r"];
        string text = StartVariables.Encode(variables);
        Assert.DoesNotContain('\n', text);
        Assert.Equal(variables, StartVariables.Decode(text));
        Assert.Equal(["A=b"], StartVariables.Decode(StartVariables.Encode(["", "A=b", ""])));
        Assert.Empty(StartVariables.Decode(""));
    }

    // As StreamReader splits the whole, which is the oracle, wherever the blocks begin and end.
    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a\nb")]
    [InlineData("a\r\nb\rc\n\n\r\r\n\r\n")]
    [InlineData("\ufffd\u20ac\n\ud83d\ude00")]
    public void Lines_are_the_same_however_the_text_comes(string text)
    {
        List<string> expected = [];
        using StringReader oracle = new(text);
        while (oracle.ReadLine() is string line)
        {
            expected.Add(line);
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int size = 1; size <= bytes.Length + 1; size++)
        {
            List<string> lines = [];
            LineSplitter splitter = new(lines.Add);
            foreach (byte[] block in bytes.Chunk(size))
            {
                splitter.Add(block);
            }

            splitter.Add([]);
            Assert.Equal(expected, lines);
        }
    }
}
