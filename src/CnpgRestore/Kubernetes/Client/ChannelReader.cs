using System.Net.WebSockets;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>Takes the messages of a web socket apart: a channel's number and its data. The data is valid until the next message is asked for.</summary>
sealed class ChannelReader(ClientWebSocket socket) : IAsyncDisposable
{
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(1);

    private readonly byte[] _buffer = new byte[64 << 10];
    private byte _channel;
    private bool _isInside;

    /// <summary>A part of a message; null: the other side has closed. Empty messages, which announce a channel, are left out.</summary>
    /// <exception cref="WebSocketException">The connection broke.</exception>
    public async ValueTask<(byte Channel, ReadOnlyMemory<byte> Data)?> NextAsync(CancellationToken ct)
    {
        while (true)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(), ct);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            var data = _buffer.AsMemory(0, received.Count);
            if (!_isInside && data.Length > 0)
            {
                _channel = data.Span[0];
                data = data[1..];
            }

            _isInside = !received.EndOfMessage;
            if (data.Length > 0)
            {
                return (_channel, data);
            }
        }
    }

    /// <summary>Says good-bye where there is still somebody to hear it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        using var limit = new CancellationTokenSource(CloseTime);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The other side was quicker.
        }
    }
}
