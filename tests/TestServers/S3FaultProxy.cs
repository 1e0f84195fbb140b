using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CnpgRestore.TestServers;

/// <summary>
/// Stands in front of a real S3 server and does on demand what a real one will not. A request that no fault touches passes unchanged, its
/// signed Host header included.
/// </summary>
public sealed class S3FaultProxy : IAsyncDisposable
{
    private readonly string _server;
    private readonly WebApplication _listener;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None });
    private readonly ConcurrentQueue<S3Call> _calls = new();
    private volatile IReadOnlyList<Func<S3Exchange, Task>> _faults = [];
    private int _running;

    private S3FaultProxy(string server)
    {
        _server = server;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        _listener = builder.Build();
        _listener.Run(ServeAsync);
    }

    public string Endpoint => _listener.Urls.Single();

    /// <summary>Every request since the start, or since <see cref="Forget"/>, in the order of arrival.</summary>
    public IReadOnlyCollection<S3Call> Calls => _calls;

    public static async Task<S3FaultProxy> StartAsync(string server, CancellationToken ct)
    {
        var proxy = new S3FaultProxy(server);
        await proxy._listener.StartAsync(ct);
        return proxy;
    }

    /// <summary>
    /// Adds what is done to each request. A fault looks at the call and either answers, cuts or forwards the exchange itself, or leaves it to the
    /// next fault by doing nothing. Faults run at the same time for requests that come at the same time.
    /// </summary>
    public void Inject(Func<S3Exchange, Task> fault) => _faults = [.. _faults, fault];

    /// <summary>Does it to those requests whose number among their like, from 1 on, is asked for.</summary>
    public void On(Func<S3Call, bool> request, Func<int, bool> number, Func<S3Exchange, Task> fault)
    {
        var count = 0;
        Inject(exchange => request(exchange.Call) && number(Interlocked.Increment(ref count)) ? fault(exchange) : Task.CompletedTask);
    }

    public void On(S3Operation operation, Func<int, bool> number, Func<S3Exchange, Task> fault) => On(call => call.Operation == operation, number, fault);

    /// <summary>Of each operation by itself.</summary>
    public void OnEach(Func<int, bool> number, Func<S3Exchange, Task> fault)
    {
        foreach (var operation in Enum.GetValues<S3Operation>())
        {
            On(operation, number, fault);
        }
    }

    /// <summary>Ends all faults.</summary>
    public void Heal() => _faults = [];

    public void Forget() => _calls.Clear();

    public int Count(S3Operation operation) => _calls.Count(call => call.Operation == operation);

    /// <summary>Returns when no request is under way: what a killed client had asked for has its effect by then.</summary>
    public async Task SettledAsync(CancellationToken ct)
    {
        while (Volatile.Read(ref _running) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.StopAsync(new CancellationToken(canceled: true));
        await _listener.DisposeAsync();
        _client.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _running);
        try
        {
            var exchange = new S3Exchange(context, _client, _server);
            await exchange.ReadAsync();
            _calls.Enqueue(exchange.Call);
            foreach (var fault in _faults)
            {
                if (!exchange.IsOver)
                {
                    await fault(exchange);
                }
            }

            if (!exchange.IsOver)
            {
                await exchange.AnswerAsync(await exchange.ForwardAsync());
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or HttpRequestException or BadHttpRequestException)
        {
            // The client is gone, as a killed one is.
            context.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
