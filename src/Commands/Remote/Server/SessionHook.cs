using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Text;
using System.Threading;
using LinuxNamespaces.Operations.Enter;

namespace LinuxNamespaces.Commands.Remote.Server;

/// <summary>
/// Runs beside PowerShell's own server in the other end of a PSSession. It waits until the session is open, restores the variables
/// that served the start, and takes the streams of the protocol out of the reach of programs that scripts start.
/// </summary>
internal static class SessionHook
{
    /// <summary>Holds, encoded, the variables to put back.</summary>
    internal const string Variable = "LINUXNAMESPACES_SESSION";

    /// <summary>The descriptor the word comes by that the session is open.</summary>
    internal const int Input = 3;

    /// <summary>The descriptor of the answer.</summary>
    internal const int Output = 4;

    /// <summary>The descriptor of this assembly, through which the runtime has opened it.</summary>
    internal const int Module = 5;

    /// <summary>The answer of a PowerShell that is in the directory its process was started in.</summary>
    internal const byte InPlace = 1;

    // The answer of one that could not go there by itself.
    private const byte Elsewhere = 2;

    // Kept: sessions within this one hand it on.
#pragma warning disable IDE0052 // A descriptor that nothing refers to would be closed.
    private static FileStream? s_module;
#pragma warning restore IDE0052

    // In characters: a fragment of the protocol, 32 KiB in base64, with its element.
    private const int LineSize = 64 * 1024;

    /// <summary>Returns at once: PowerShell starts beside it.</summary>
    internal static void Begin(string[] variables)
    {
        // PowerShell's server takes this writer. The console's own would write in pieces of 256 bytes, each of which wakes the reader.
        Console.SetOut(new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), LineSize) { AutoFlush = true });
        FileStream input = InheritedPipe.OpenRead(Input);
        FileStream output = InheritedPipe.OpenWrite(Output);
        s_module = InheritedPipe.OpenRead(Module);
        new Thread(() => Wait(input, output, variables), 256 * 1024) { IsBackground = true, Name = "LinuxNamespaces session" }.Start();
    }

    private static void Wait(FileStream input, FileStream output, string[] variables)
    {
        using (input)
        using (output)
        {
            try
            {
                if (input.ReadByte() < 0)
                {
                    return;
                }

                StartVariables.Restore(variables);
                InheritedStreams.Detach();
                output.WriteByte(TryGoToStart() ? InPlace : Elsewhere);
            }
            catch (IOException)
            {
                // The session has gone; PowerShell sees the same at its own input.
            }
        }
    }

    // PowerShell's server begins in the home directory, and compiles for the first script for a tenth of a second. Its list of runspaces, which Get-Runspace
    // shows, is not public: where there is none of that name, or the user may not enter the directory, the other side sends a script.
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Providers throw what they like, and the script says what is wrong.")]
    private static bool TryGoToStart()
    {
        try
        {
            string start = Environment.CurrentDirectory;
            Environment.CurrentDirectory = start;
            PropertyInfo? list = typeof(Runspace).GetProperty("RunspaceList", BindingFlags.NonPublic | BindingFlags.Static);
            if ((list?.GetValue(null) as IEnumerable<Runspace>)?.SingleOrDefault() is not Runspace runspace)
            {
                return false;
            }

            LiteralLocation.Set(runspace.SessionStateProxy.Path, start);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
