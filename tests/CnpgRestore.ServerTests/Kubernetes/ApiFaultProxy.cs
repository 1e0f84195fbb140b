using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using CnpgRestore.TestServers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>Stands in front of the real API server, speaks plain HTTP, acts as the administrator, and breaks what it is told to break.</summary>
sealed class ApiFaultProxy : IAsyncDisposable
{
    private readonly string _server;
    private readonly HttpClient _client;
    private readonly WebApplication _listener;
    private readonly TemporaryFolder _folder = new("faults");
    private readonly ConcurrentQueue<string> _paths = new();
    private CancellationTokenSource _cut = new();

    private ApiFaultProxy(string server, HttpClient client)
    {
        _server = server;
        _client = client;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _listener = builder.Build();
        _listener.Run(ServeAsync);
    }

    /// <summary>Answers a request itself, or returns false and lets it pass.</summary>
    public Func<HttpContext, Task<bool>> Fault { get; set; } = static _ => Task.FromResult(false);

    /// <summary>Path and query of every request so far.</summary>
    public IReadOnlyCollection<string> Paths => _paths;

    public string Kubeconfig => Path.Combine(_folder.Path, "kubeconfig");

    public static async Task<ApiFaultProxy> StartAsync(KubernetesServer server, CancellationToken ct)
    {
        var proxy = new ApiFaultProxy(server.Connect().Server, await ClientAsync(server, ct));
        await proxy._listener.StartAsync(ct);
        await File.WriteAllLinesAsync(
            proxy.Kubeconfig,
            ["current-context: x", "contexts: [{name: x, context: {cluster: c}}]", $"clusters: [{{name: c, cluster: {{server: \"{proxy._listener.Urls.Single()}\"}}}}]"],
            ct);
        return proxy;
    }

    public static Task StatusAsync(HttpContext context, int code, string reason)
    {
        context.Response.StatusCode = code;
        return context.Response.WriteAsync(new JsonObject { ["kind"] = "Status", ["code"] = code, ["reason"] = reason, ["message"] = "as the test wants it" }.ToJsonString(), CancellationToken.None);
    }

    /// <summary>Does it to those requests whose number among their like, from 1 on, is asked for.</summary>
    public void On(Func<HttpRequest, bool> request, Func<int, bool> number, Func<ApiFaultProxy, HttpContext, Task> fault)
    {
        var (count, others) = (0, Fault);
        Fault = async context =>
        {
            if (await others(context))
            {
                return true;
            }

            if (!request(context.Request) || !number(Interlocked.Increment(ref count)))
            {
                return false;
            }

            await fault(this, context);
            return true;
        };
    }

    /// <summary>The server does what is asked, and the client never hears of it.</summary>
    public async Task DropAnswerAsync(HttpContext context)
    {
        using var answer = await SendAsync(context, CancellationToken.None);
        context.Abort();
    }

    /// <summary>Breaks every answer that is on its way, without an end.</summary>
    public void Cut()
    {
        var cut = Interlocked.Exchange(ref _cut, new CancellationTokenSource());
        cut.Cancel();
        cut.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _listener.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
        _cut.Dispose();
    }

    // With the certificate of the administrator's kubeconfig.
    private static async Task<HttpClient> ClientAsync(KubernetesServer server, CancellationToken ct)
    {
        var view = (await ToolProcess.RunAsync(server.Kubectl("config", "view", "--raw", "--flatten", "--output", "json"), ct)).Succeeded().Output;
        var user = JsonNode.Parse(view)!["users"]![0]!["user"]!;
        var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None };
#pragma warning disable CA5359 // The server is this test's own, on loopback.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        if (user["client-certificate-data"] is { } certificate)
        {
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(Text(certificate), Text(user["client-key-data"]!))];
        }

        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        if (user["token"] is { } token)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", (string)token!);
        }

        return client;

        static string Text(JsonNode data) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)data!));
    }

    private async Task ServeAsync(HttpContext context)
    {
        _paths.Enqueue(context.Request.Path + context.Request.QueryString.ToString());
        if (await Fault(context))
        {
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _cut.Token);
        try
        {
            await ForwardAsync(context, either.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            context.Abort();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpContext context, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), _server + context.Request.Path + context.Request.QueryString);
        if (context.Request.ContentLength > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    private async Task ForwardAsync(HttpContext context, CancellationToken ct)
    {
        using var answer = await SendAsync(context, ct);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[16 << 10];
        while (await body.ReadAsync(buffer, ct) is > 0 and var count)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, count), ct);
            await context.Response.Body.FlushAsync(ct);
        }
    }
}
