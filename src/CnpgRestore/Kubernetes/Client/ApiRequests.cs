using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>Every request goes through here: a time limit, retries with jitter, one translation of errors.</summary>
sealed class ApiRequests(ApiConnection connection, TimeProvider clock, Func<double> jitter)
{
    /// <summary>About one minute of waiting in all, which rides out a restart of the API server.</summary>
    private const int Attempts = 9;

    /// <summary>A server that has never answered is more likely misspelt, or behind a VPN, than down.</summary>
    private const int FirstContactAttempts = 3;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(15);

    // The API server itself ends a request after 60 s; webhooks have up to 30 s of it.
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(65);

    private volatile bool _reached;

    public ApiConnection Connection => connection;

    public TimeProvider Clock => clock;

    /// <exception cref="RestoreException">The API refuses, or does not answer.</exception>
    public Task<JsonObject> SendAsync(ApiRequest request, CancellationToken ct) => RunAsync(request, ReadJsonAsync, ct);

    /// <summary>The same; null where the object, or its whole type, does not exist.</summary>
    public async Task<JsonObject?> FindAsync(ApiRequest request, CancellationToken ct)
    {
        try
        {
            return await SendAsync(request, ct);
        }
        catch (RestoreException e) when (e.InnerException is ApiStatusException { Status.Code: HttpStatusCode.NotFound })
        {
            return null;
        }
    }

    /// <param name="read">Reads the answer of a success, within the time limit.</param>
    public Task<T> RunAsync<T>(ApiRequest request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken ct) =>
        RepeatAsync(request, token => AnswerAsync(request, read, token), ct);

    /// <summary>The answer's body is a stream that has no time limit; the caller disposes the response.</summary>
    public Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken ct) => RunAsync(request, static (response, _) => Task.FromResult(response), ct);

    public Task<ClientWebSocket> OpenWebSocketAsync(ApiRequest request, string protocol, bool carriesInput, CancellationToken ct) =>
        RepeatAsync(request, token => connection.OpenWebSocketAsync(request.Path, protocol, carriesInput, token), ct);

    private async Task<T> RepeatAsync<T>(ApiRequest request, Func<CancellationToken, Task<T>> send, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await AttemptAsync(send, ct);
            }
            catch (Exception e) when (ct.IsCancellationRequested && e is not RestoreException and not OperationCanceledException)
            {
                // A request that is torn down, or whose retry is no longer wanted, ends in any exception of the socket.
                throw new OperationCanceledException(e.Message, e, ct);
            }
            catch (Exception e) when (MayRepeat(e, request, attempt))
            {
                await Task.Delay(DelayAfter(e, attempt), clock, ct);
            }
            catch (Exception e) when (ApiErrors.IsFailure(e))
            {
                throw ApiErrors.Translate(e, connection.Server, request);
            }
        }
    }

    private async Task<T> AttemptAsync<T>(Func<CancellationToken, Task<T>> send, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(AnswerTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            return await send(either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {AnswerTime.TotalSeconds:0} s", e);
        }
    }

    private async Task<T> AnswerAsync<T>(ApiRequest request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken ct)
    {
        var response = await connection.SendAsync(request, ct);
        var isHandedOver = false;
        try
        {
            _reached = true;
            if (!response.IsSuccessStatusCode)
            {
                throw new ApiStatusException(ApiStatus.Read(response.StatusCode, await response.Content.ReadAsStringAsync(ct), response.Headers.RetryAfter?.Delta));
            }

            var result = await read(response, ct);
            isHandedOver = ReferenceEquals(result, response);
            return result;
        }
        finally
        {
            if (!isHandedOver)
            {
                response.Dispose();
            }
        }
    }

    private static async Task<JsonObject> ReadJsonAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        return await JsonReading.ParseAsync(body, ct) as JsonObject ?? throw new JsonException("the answer is no JSON object");
    }

    private bool MayRepeat(Exception e, ApiRequest request, int attempt)
    {
        if (e is ApiStatusException { Status.Code: HttpStatusCode.Unauthorized })
        {
            return attempt == 1 && connection.RenewCredential();
        }

        // What was never looked at may be sent again; what may have been done only where doing it twice is the same.
        return attempt < Math.Min(request.MostAttempts, _reached ? Attempts : FirstContactAttempts)
            && (ApiErrors.IsUntouched(e) || (request.IsRepeatable && ApiErrors.IsPassing(e)));
    }

    private TimeSpan DelayAfter(Exception e, int attempt)
    {
        if (e is ApiStatusException { Status.RetryAfter: { } asked })
        {
            return asked < LongestDelay ? asked : LongestDelay;
        }

        var delay = FirstDelay * Math.Pow(2, attempt - 1);
        return (delay < LongestDelay ? delay : LongestDelay) * (0.5 + jitter());
    }
}
