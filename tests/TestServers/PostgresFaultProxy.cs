using System.Net;
using System.Net.Sockets;

namespace CnpgRestore.TestServers;

/// <summary>
/// Stands in front of a real PostgreSQL, at a TCP port, and breaks sessions on demand. A rule says at which message of a client, the how manieth of
/// its like (<see cref="Times"/>), what happens (<see cref="PostgresFaults"/>).
/// </summary>
public sealed class PostgresFaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _sessions = [];
    private readonly Task _accepting;
    private volatile IReadOnlyList<Func<PostgresExchange, Task>> _faults = [];
    private long _sent;
    private int _happening;

    public PostgresFaultProxy(PostgresServer server)
    {
        Server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public PostgresServer Server { get; }

    /// <summary>For <c>--to</c>.</summary>
    public string UrlOf(string database) => $"postgres://postgres@127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{database}";

    /// <summary>At a message of a client that holds these words.</summary>
    public void On(string words, Func<int, bool> number, Func<PostgresExchange, Task> fault)
    {
        var count = 0;
        Inject(exchange => exchange.Text.Contains(words, StringComparison.Ordinal) && number(Interlocked.Increment(ref count)) ? fault(exchange) : Task.CompletedTask);
    }

    /// <summary>Once, when clients have sent so much in all: in the middle of a load.</summary>
    public void AfterBytes(long count, Func<PostgresExchange, Task> fault)
    {
        var isOver = 0;
        Inject(exchange => Interlocked.Read(ref _sent) >= count && Interlocked.Exchange(ref isOver, 1) == 0 ? fault(exchange) : Task.CompletedTask);
    }

    /// <summary>Ends all faults.</summary>
    public void Heal() => _faults = [];

    /// <summary>Returns when every fault has happened: the server is back where one has ended it.</summary>
    public async Task SettledAsync()
    {
        while (Volatile.Read(ref _happening) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), _stop.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_sessions);
        _stop.Dispose();
    }

    internal async Task MeetAsync(PostgresExchange exchange)
    {
        Interlocked.Add(ref _sent, exchange.Length);
        Interlocked.Increment(ref _happening);
        try
        {
            foreach (var fault in _faults)
            {
                await fault(exchange);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _happening);
        }
    }

    private void Inject(Func<PostgresExchange, Task> fault) => _faults = [.. _faults, fault];

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _sessions.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        using (var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            try
            {
                client.NoDelay = true;
                await server.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(Server.Folder, ".s.PGSQL.5432")), _stop.Token);
                await new ProxiedSession(this, client, server).RunAsync(_stop.Token);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Nobody listens, or one side is gone: so is the other.
            }
        }
    }
}
