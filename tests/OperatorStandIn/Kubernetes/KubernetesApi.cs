using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace CnpgRestore.OperatorStandIn.Kubernetes;

/// <summary>Requests to a Kubernetes API server, with objects as JSON. Refusals are <see cref="ApiException"/>.</summary>
sealed class KubernetesApi : IDisposable
{
    private readonly HttpClient _http;

    private KubernetesApi(HttpClient http)
    {
        _http = http;
    }

    public static KubernetesApi Connect(string kubeconfig)
    {
        var config = KubeConfig.Read(kubeconfig);
        var handler = new SocketsHttpHandler
        {
            // Watches stay open, one connection each.
            MaxConnectionsPerServer = 64,
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [config.Client],
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
            },
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(config.Authority);
        var http = new HttpClient(handler) { BaseAddress = config.Server, Timeout = Timeout.InfiniteTimeSpan };
        // The API server calls the owner of written fields by it; the operator's program has this name.
        http.DefaultRequestHeaders.UserAgent.ParseAdd("manager/1.0");
        return new KubernetesApi(http);
    }

    /// <summary>Null when there is no such object, or no such kind.</summary>
    public async Task<JsonObject?> FindAsync(string path, CancellationToken ct)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, path, null, ct);
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>False when an object of this name exists already.</summary>
    public async Task<bool> CreateAsync(ResourceType type, JsonObject item, CancellationToken ct)
    {
        item["apiVersion"] = type.ApiVersion;
        item["kind"] = type.Kind;
        try
        {
            await SendAsync(HttpMethod.Post, type.Path(type.Namespaced ? item.Namespace : null), Json(item, "application/json"), ct);
            return true;
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    public Task<JsonObject> MergePatchAsync(string path, JsonObject patch, CancellationToken ct) =>
        SendAsync(HttpMethod.Patch, path, Json(patch, "application/merge-patch+json"), ct);

    /// <summary>Server-side apply; fields that another manager owns are taken over.</summary>
    public Task<JsonObject> ApplyAsync(string path, string fieldManager, JsonObject item, CancellationToken ct) =>
        SendAsync(HttpMethod.Patch, $"{path}?fieldManager={fieldManager}&force=true", Json(item, "application/apply-patch+yaml"), ct);

    /// <summary>What depends on the object goes too, in the background. Deleting what is gone is no error.</summary>
    public async Task DeleteAsync(string path, CancellationToken ct)
    {
        try
        {
            var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["propagationPolicy"] = "Background" };
            await SendAsync(HttpMethod.Delete, path, Json(options, "application/json"), ct);
        }
        catch (ApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            // Gone.
        }
    }

    /// <summary>The lines of a watch, each an event, until the server ends it.</summary>
    public async IAsyncEnumerable<JsonObject> WatchAsync(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        using var response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, ct);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ct), Encoding.UTF8);
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            yield return JsonNode.Parse(line)!.AsObject();
        }
    }

    public void Dispose() => _http.Dispose();

    private static StringContent Json(JsonObject item, string type) => new(item.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(type));

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        HttpResponseMessage response;
        string body;
        try
        {
            response = await _http.SendAsync(request, deadline.Token);
            body = await response.Content.ReadAsStringAsync(deadline.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new HttpRequestException($"{method} {path}: no answer within half a minute", e);
        }

        using var answered = response;
        if (response.IsSuccessStatusCode)
        {
            return JsonNode.Parse(body)!.AsObject();
        }

        var message = body.StartsWith('{') ? JsonNode.Parse(body).Text("message") : body;
        throw new ApiException(response.StatusCode, $"{method} {path}: {message}");
    }
}
