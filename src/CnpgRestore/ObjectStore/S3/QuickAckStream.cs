using System.Net.Sockets;

namespace CnpgRestore.ObjectStore.S3;

/// <summary>
/// A TCP connection that acknowledges at once. Gateways that write header and body separately (Ceph's is one) wait for the acknowledgement
/// of the first, and Linux delays that by 40 ms: at low concurrency this wait is most of the time. TCP_QUICKACK (tcp(7)) is not sticky and is
/// set again after each read.
/// </summary>
sealed class QuickAckStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private const int IpProtoTcp = 6;
    private const int TcpQuickAck = 12;
    private static readonly byte[] On = [1, 0, 0, 0];

    public override int Read(Span<byte> buffer)
    {
        var read = base.Read(buffer);
        Acknowledge();
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await base.ReadAsync(buffer, cancellationToken);
        Acknowledge();
        return read;
    }

    private void Acknowledge()
    {
        if (OperatingSystem.IsLinux() && Socket.Connected)
        {
            Socket.SetRawSocketOption(IpProtoTcp, TcpQuickAck, On);
        }
    }
}
