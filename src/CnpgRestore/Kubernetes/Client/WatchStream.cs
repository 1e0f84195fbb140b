using System.Text.Json;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>One answer of a watch: a JSON object per line, until the server ends it or the line breaks.</summary>
sealed class WatchStream : IDisposable
{
    // The server ends the answer by itself; a line on which nothing arrives long after that is dead.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;
    private readonly CancellationTokenSource _end;

    private WatchStream(HttpResponseMessage response, Stream body, TimeSpan duration, TimeProvider clock)
    {
        _response = response;
        _reader = new StreamReader(body);
        _end = new CancellationTokenSource(duration + Grace, clock);
    }

    /// <returns>Null: the server no longer keeps the version to begin with.</returns>
    public static async Task<WatchStream?> OpenAsync(ApiRequests requests, ApiRequest request, TimeSpan duration, CancellationToken ct)
    {
        try
        {
            var response = await requests.OpenAsync(request, ct);
            return new WatchStream(response, await response.Content.ReadAsStreamAsync(ct), duration, requests.Clock);
        }
        catch (RestoreException e) when (e.InnerException is ApiStatusException { Status.IsExpired: true })
        {
            return null;
        }
    }

    /// <summary>Null: the answer has ended, in order or not.</summary>
    public async Task<JsonObject?> NextAsync(CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _end.Token);
        try
        {
            return await _reader.ReadLineAsync(either.Token) is { Length: > 0 } line ? JsonReading.Parse(line) as JsonObject : null;
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is IOException or JsonException or HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
        _end.Dispose();
    }
}
