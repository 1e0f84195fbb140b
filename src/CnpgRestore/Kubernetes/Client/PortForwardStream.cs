using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>
/// The bytes of one connection to a port in a pod. Channel 0 carries them, channel 1 the node's words when it cannot connect; the first message on
/// each is the port's number (Kubernetes, pkg/kubelet/cri/streaming/portforward/websocket.go).
/// </summary>
sealed class PortForwardStream : Stream
{
    private const byte Data = 0;
    private const int MessageSize = 32 << 10;

    private readonly ClientWebSocket _socket;
    private readonly ChannelReader _messages;
    private readonly string _where;
    private readonly byte[] _message = new byte[MessageSize];

    // Bytes of the port's number still to come, by channel.
    private readonly int[] _announced = [2, 2];
    private ReadOnlyMemory<byte> _rest;

    private PortForwardStream(ClientWebSocket socket, string where)
    {
        _socket = socket;
        _messages = new ChannelReader(socket);
        _where = where;
    }

    public static async Task<Stream> OpenAsync(ApiRequests requests, string ns, string pod, int port, CancellationToken ct)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{ResourceTypes.Pods.PathIn(ns, pod, "portforward")}?ports={port}");
        var request = new ApiRequest(HttpMethod.Get, path, "get", ResourceTypes.Pods) { Namespace = ns, Name = pod, Subresource = "portforward", IsRepeatable = true };
        var socket = await requests.OpenWebSocketAsync(request, "v4.channel.k8s.io", carriesInput: true, ct);
        return new PortForwardStream(socket, string.Create(CultureInfo.InvariantCulture, $"port {port} of pod {pod}"));
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (await NextAsync(cancellationToken) is not { } part)
            {
                return 0;
            }

            _rest = part;
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, MessageSize - 1);
            _message[0] = Data;
            buffer[..count].CopyTo(_message.AsMemory(1));
            try
            {
                await _socket.SendAsync(_message.AsMemory(0, count + 1), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            }
            catch (WebSocketException e)
            {
                throw new IOException($"the connection to {_where} broke", e);
            }

            buffer = buffer[count..];
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("asynchronous only");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("asynchronous only");

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _messages.DisposeAsync();
        _socket.Dispose();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<ReadOnlyMemory<byte>?> NextAsync(CancellationToken ct)
    {
        try
        {
            while (await _messages.NextAsync(ct) is var (channel, data) && channel < _announced.Length)
            {
                var number = Math.Min(_announced[channel], data.Length);
                _announced[channel] -= number;
                data = data[number..];
                if (!data.IsEmpty)
                {
                    return channel == Data ? data : throw new IOException($"{_where}: {Encoding.UTF8.GetString(data.Span)}");
                }
            }

            return null;
        }
        catch (WebSocketException e)
        {
            throw new IOException($"the connection to {_where} broke", e);
        }
    }
}
