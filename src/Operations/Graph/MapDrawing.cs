using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Draws a picture as SVG by the page's own layout, which Node.js runs: PowerShell has no JavaScript of its own.</summary>
internal static class MapDrawing
{
    private const string Script = "map-svg.cjs";
    private static readonly string[] s_programs = ["node", "nodejs"];

    /// <summary>The text of the file.</summary>
    /// <exception cref="NamespaceException">MapAssetMissing; NodeNotFound: there is no Node.js; MapDrawingFailed: it gave no picture.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal static string Write(NamespaceMap map, string picture, string assets, CancellationToken cancellation)
    {
        string script = MapAsset.Find(assets, Script);
        string program = s_programs.Select(FindProgram).FirstOrDefault(path => path is not null)
            ?? throw new NamespaceException(
                ErrorIds.NodeNotFound,
                "An SVG file needs Node.js 18 or newer to lay the picture out, and neither node nor nodejs is in $PATH.",
                "Install it (apt-get install nodejs), or write the page without -Format and choose Save SVG in it.");
        ProcessStartInfo start = new(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(script);
        try
        {
            using Process node = Process.Start(start)!;
            using CancellationTokenRegistration stop = cancellation.Register(() => End(node));
            return Run(node, MapJson.WriteRequest(map, picture), cancellation);
        }
        catch (Win32Exception exception)
        {
            throw Failed(program, exception.Message, exception);
        }
    }

    private static string Run(Process node, string request, CancellationToken cancellation)
    {
        Task<string> drawn = node.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> said = node.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            node.StandardInput.Write(request);
            node.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it had read all. Its own words say why.
        }

        node.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        string text = drawn.GetAwaiter().GetResult();
        string error = said.GetAwaiter().GetResult();
        return node.ExitCode == 0 && text.EndsWith("</svg>\n", StringComparison.Ordinal) ? text
            : throw Failed(node.StartInfo.FileName, error.Split('\n').FirstOrDefault(line => line.Contains("Error", StringComparison.Ordinal)) ?? error, null);
    }

    private static void End(Process node)
    {
        try
        {
            node.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private static NamespaceException Failed(string program, string reason, Exception? inner) =>
        new(ErrorIds.MapDrawingFailed, $"{SafeText.Escape(program)} could not draw the picture: {SafeText.Escape(reason.Trim())}", "Node.js 18 or newer is needed: node --version.", inner);

    private static string? FindProgram(string name) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
        .Where(folder => folder.StartsWith('/')).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
