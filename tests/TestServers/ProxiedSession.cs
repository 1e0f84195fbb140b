using System.Buffers.Binary;
using System.Net.Sockets;

namespace CnpgRestore.TestServers;

/// <summary>One session through a <see cref="PostgresFaultProxy"/>.</summary>
sealed class ProxiedSession(PostgresFaultProxy proxy, Socket client, Socket server)
{
    private const int BufferSize = 32 << 10;

    // BackendKeyData (PostgreSQL manual, 55.7): K, the length 12, the process, a key.
    private static readonly byte[] KeyData = [(byte)'K', 0, 0, 0, 12];

    private volatile bool _dropsAnswer;

    /// <summary>The server's process; 0 until it has told.</summary>
    public int BackendId { get; private set; }

    public PostgresServer Server => proxy.Server;

    public async Task RunAsync(CancellationToken ct)
    {
        await await Task.WhenAny(ToServerAsync(ct), ToClientAsync(ct));
        Cut();
    }

    /// <summary>Both sides learn it at once.</summary>
    public void Cut()
    {
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
        server.Close();
    }

    /// <summary>The client will not see what the server answers next, but the end of the connection.</summary>
    public void DropAnswer() => _dropsAnswer = true;

    private async Task ToServerAsync(CancellationToken ct)
    {
        var buffer = new byte[BufferSize];
        while (await client.ReceiveAsync(buffer, ct) is > 0 and var count)
        {
            await proxy.MeetAsync(new PostgresExchange(this, buffer.AsMemory(0, count)));
            await SendAsync(server, buffer.AsMemory(0, count), ct);
        }
    }

    private async Task ToClientAsync(CancellationToken ct)
    {
        var buffer = new byte[BufferSize];
        while (await server.ReceiveAsync(buffer, ct) is > 0 and var count)
        {
            if (_dropsAnswer)
            {
                return;
            }

            if (BackendId == 0 && buffer.AsSpan(0, count).IndexOf(KeyData) is >= 0 and var at && at + KeyData.Length + 4 <= count)
            {
                BackendId = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(at + KeyData.Length));
            }

            await SendAsync(client, buffer.AsMemory(0, count), ct);
        }
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        while (!data.IsEmpty)
        {
            data = data[await socket.SendAsync(data, ct)..];
        }
    }
}
