using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CnpgRestore.Kubernetes;

/// <summary>
/// A port on 127.0.0.1 whose connections go to a port in a pod, as <c>kubectl port-forward</c> has it, each on a line of its own: for programs that
/// speak TCP only. Disposing it closes the port and every connection.
/// </summary>
public sealed class PodTunnel : IAsyncDisposable
{
    private const int BufferSize = 64 << 10;

    private readonly Func<CancellationToken, Task<Stream>> _connect;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<long, Task> _connections = new();
    private readonly Task _accepting;
    private long _count;

    private PodTunnel(Func<CancellationToken, Task<Stream>> connect)
    {
        _connect = connect;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Free at the time, and chosen by the system.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>
    /// Why the last connection that did not come about, or broke, did so: the program on this side only sees that it is closed. Null where none has.
    /// </summary>
    public Exception? Failure { get; private set; }

    /// <summary>The pod is first spoken to when somebody connects.</summary>
    public static PodTunnel Open(KubernetesApi api, string ns, string pod, int port) => new(ct => api.PortForwardAsync(ns, pod, port, ct));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                var number = _count++;
                _connections[number] = CarryAsync(client, number);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // A connection that was given up before it was taken; or the end.
            }
        }
    }

    private async Task CarryAsync(Socket client, long number)
    {
        // Not on the loop that accepts.
        await Task.Yield();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            client.NoDelay = true;
            await using var local = new NetworkStream(client, ownsSocket: true);
            await using var remote = await _connect(ended.Token);
            Task[] directions = [local.CopyToAsync(remote, BufferSize, ended.Token), remote.CopyToAsync(local, BufferSize, ended.Token)];
            // Neither PostgreSQL nor its clients go on after the other side has closed.
            await await Task.WhenAny(directions);
            await ended.CancelAsync();
            await Task.WhenAll(directions);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or RestoreException)
        {
            // A program that ends in the middle resets its connection; that is no fault of the line.
            if (!ended.IsCancellationRequested)
            {
                Failure = e;
            }
        }
        finally
        {
            client.Dispose();
            _connections.TryRemove(number, out _);
        }
    }
}
