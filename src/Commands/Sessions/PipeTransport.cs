using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Management.Automation.Internal;
using System.Management.Automation.Remoting;
using System.Management.Automation.Remoting.Client;
using System.Text;
using System.Threading;
using LinuxNamespaces.Commands.Remote.Client;

namespace LinuxNamespaces.Commands.Sessions;

/// <summary>PowerShell's remoting protocol over the pipes of a process.</summary>
internal sealed class PipeTransport(SessionProcess process, Guid runspaceId, PSRemotingCryptoHelper cryptoHelper) : ClientSessionTransportManagerBase(runspaceId, cryptoHelper)
{
    // The engine itself waits a minute for the answer to a farewell.
    private const int CloseMilliseconds = 3000;

    // The answer to the farewell of the session itself; pipelines have other ids.
    private static readonly string s_farewell = $"<CloseAck PSGuid='{Guid.Empty}'";

    private readonly SessionProcess _process = process;
    private LineWriter? _writer;
    private Timer? _killer;
    private volatile bool _isClosing;
    private volatile bool _hasFarewell;

    /// <summary>Begins to talk. Nothing may be thrown from here: what goes wrong is said by the reader.</summary>
    public override void CreateAsync()
    {
        _writer = new LineWriter(_process);
        SetMessageWriter(_writer);
        _process.BeginRead(Take, Lose);
        try
        {
            SendOneItem();
        }
        catch (IOException)
        {
            // The process has ended; the reader says why.
        }
    }

    /// <summary>Says farewell, and makes sure that the process ends.</summary>
    public override void CloseAsync()
    {
        _isClosing = true;
        if (!_process.HasSpoken)
        {
            _process.Kill();
        }

        _killer ??= new Timer(_ => _process.Kill(), null, CloseMilliseconds, Timeout.Infinite);
        base.CloseAsync();
    }

    /// <summary>Frees what the connection holds.</summary>
    protected override void CleanupConnection()
    {
        _isClosing = true;
        _killer?.Dispose();
        _writer?.Lose();
        _process.Dispose();
    }

    /// <summary>Disposes of it.</summary>
    /// <param name="isDisposing">Not from the finalizer.</param>
    protected override void Dispose(bool isDisposing)
    {
        base.Dispose(isDisposing);
        if (isDisposing)
        {
            CleanupConnection();
        }
    }

    private void Take(string line)
    {
        // A caller that waits for the end of the session then finds the process gone.
        if (_isClosing && line.StartsWith(s_farewell, StringComparison.Ordinal))
        {
            _hasFarewell = true;
            _process.End();
        }

        HandleOutputDataReceived(line);
    }

    // On the reader's thread, which may not be the one that hears of it: it may wait for the reader.
    private void Lose(string reason)
    {
        _writer!.Lose();

        // The process was ended after its last word, and that is handed on: nothing was lost.
        if (_hasFarewell)
        {
            return;
        }

        PSRemotingTransportException exception = new(reason);
        TransportMethodEnum method = _isClosing ? TransportMethodEnum.CloseShellOperationEx : TransportMethodEnum.ReceiveShellOutputEx;
        ThreadPool.QueueUserWorkItem(_ => Raise(new TransportErrorOccuredEventArgs(exception, method)));
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It would end the whole process.")]
    private void Raise(TransportErrorOccuredEventArgs error)
    {
        try
        {
            RaiseErrorHandler(error);
        }
        catch (Exception)
        {
            // The session was closed meanwhile.
        }
    }

    /// <summary>Writes whole lines to the pipe; once the other end is lost, every write fails at once.</summary>
    private sealed class LineWriter(SessionProcess process) : TextWriter
    {
        private readonly SessionProcess _process = process;
        private readonly object _lock = new();
        private volatile bool _isLost;

        public override Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

        internal void Lose() => _isLost = true;

        public override void Write(char value) => WriteText(value.ToString());

        public override void Write(string? value) => WriteText(value ?? string.Empty);

        public override void WriteLine(string? value) => WriteText(value + "\n");

        private void WriteText(string text)
        {
            byte[] bytes = Encoding.GetBytes(text);
            lock (_lock)
            {
                if (_isLost)
                {
                    throw new IOException("The PowerShell inside has ended.");
                }

                try
                {
                    _process.Write(bytes);
                }
                catch (ObjectDisposedException exception)
                {
                    throw new IOException("The session is closed.", exception);
                }
            }
        }
    }
}
