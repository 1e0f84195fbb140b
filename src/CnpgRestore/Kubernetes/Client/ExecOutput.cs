using System.Net.WebSockets;
using System.Text;
using static System.FormattableString;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>What a command in a container writes to stdout, as it writes it: nobody reads ahead, so a slow reader makes the command wait.</summary>
sealed class ExecOutput(ClientWebSocket socket, ApiRequest request) : ForwardStream
{
    private const int ErrorsKept = 4096;

    private readonly ChannelReader _messages = new(socket);
    private readonly StringBuilder _errors = new();
    private ReadOnlyMemory<byte> _rest;
    private long _position;
    private bool _isAtEnd;

    /// <summary>How much was read.</summary>
    protected override long BytesRead => Interlocked.Read(ref _position);

    /// <summary>Waits for the first bytes, or for the failure that comes instead.</summary>
    public async Task BeginAsync(CancellationToken ct)
    {
        while (_rest.IsEmpty && !_isAtEnd)
        {
            await NextAsync(ct);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await BeginAsync(cancellationToken);
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        Interlocked.Add(ref _position, count);
        return count;
    }

#pragma warning disable VSTHRD002 // Decompressors read so, on threads of their own.
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002

    public override async ValueTask DisposeAsync()
    {
        await _messages.DisposeAsync();
        socket.Dispose();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task NextAsync(CancellationToken ct)
    {
        try
        {
            switch (await _messages.NextAsync(ct))
            {
                case (PodExec.Output, var data):
                    _rest = data;
                    break;
                case (PodExec.Error, var data) when _errors.Length < ErrorsKept:
                    _errors.Append(Encoding.UTF8.GetString(data.Span));
                    break;
                case (PodExec.Status, var data):
                    _isAtEnd = PodExec.ExitCode(data.Span, request) is var code and not 0
                        ? throw new InvalidDataException(_errors.Length > 0 ? _errors.ToString().Trim() : Invariant($"the command ended with exit code {code}"))
                        : true;
                    break;
                case null:
                    throw new InvalidDataException("the connection to the pod ended before the command did");
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new InvalidDataException($"the connection to the pod broke: {e.Message}", e);
        }
    }
}
