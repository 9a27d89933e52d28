using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Net.Internet;

/// <summary>The answer of a program of the system.</summary>
internal readonly record struct ProgramAnswer(int ExitCode, string Output, string Error)
{
    /// <summary>The first line of what it said, for people.</summary>
    internal string FirstLine => SafeText.Escape((Error + "\n" + Output).Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? $"exit code {ExitCode}");
}

/// <summary>Programs of the system that do what the module does not do itself.</summary>
internal static class OutsideProgram
{
    // Where administrators' programs are, which an ordinary user's path may leave out.
    private static readonly string[] s_folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>The path of a program.</summary>
    /// <exception cref="NamespaceException">ProgramNotFound.</exception>
    internal static string Require(string name, string package) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
        .Where(folder => folder.StartsWith('/')).Concat(s_folders).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new NamespaceException(ErrorIds.ProgramNotFound, $"-Internet needs the program {name}, which is not in $PATH.", $"Install it (Debian and Ubuntu: apt-get install {package}).");

    /// <summary>Runs a program to its end, in the net namespace of the calling thread.</summary>
    /// <exception cref="NamespaceException">ProgramNotFound: it cannot be started.</exception>
    internal static ProgramAnswer Run(string path, IEnumerable<string> arguments, string? input = null)
    {
        ProcessStartInfo start = new(path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Its words are read: they must not be translated.
        start.Environment["LC_ALL"] = "C";
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            Write(process, input);
            process.WaitForExit();
            return new ProgramAnswer(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        }
        catch (Win32Exception exception)
        {
            throw new NamespaceException(ErrorIds.ProgramNotFound, $"{SafeText.Escape(path)} could not be started: {exception.Message}", "Check its permissions.", exception);
        }
    }

    private static void Write(Process process, string? input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it had read all. Its own words say why.
            return;
        }
    }
}
