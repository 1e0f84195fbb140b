using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CnpgRestore.TestServers;

/// <summary>One request at the proxy and what becomes of it.</summary>
public sealed class S3Exchange(HttpContext context, HttpClient client, string server)
{
    // These are made by the connection or by the client itself.
    private static readonly HashSet<string> NotForwarded = new(StringComparer.OrdinalIgnoreCase) { "Connection", "Keep-Alive", "Transfer-Encoding", "Expect", "Content-Length" };

    private byte[] _body = [];

    public S3Call Call { get; } = S3Call.Of(context.Request);

    /// <summary>Answered or cut.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether the request names a part of an object that was uploaded in parts.</summary>
    public bool AsksForPart => context.Request.Query.ContainsKey("partNumber");

    public ReadOnlyMemory<byte> RequestBody => _body;

    public string? RequestHeader(string name) => context.Request.Headers[name];

    /// <summary>Lets the request have its effect, and gives the server's answer.</summary>
    public async Task<S3Answer> ForwardAsync()
    {
        // As it was signed: not decoded and encoded again.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var uri = new Uri(server + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), uri);
        if (context.Request.Method is "PUT" or "POST")
        {
            request.Content = new ByteArrayContent(_body);
        }

        foreach (var (name, value) in context.Request.Headers.Where(header => !NotForwarded.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value.ToString()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value.ToString());
            }
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, CancellationToken.None);
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        return new S3Answer((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync(CancellationToken.None));
    }

    public async Task AnswerAsync(S3Answer answer)
    {
        Begin(answer);
        if (context.Request.Method != "HEAD")
        {
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    public Task AnswerAsync(int status, string code, string message = "injected") => AnswerAsync(new S3Answer(
        status,
        new Dictionary<string, string> { ["Content-Type"] = "application/xml" },
        Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{message}</Message><RequestId>1</RequestId></Error>")));

    /// <summary>Promises the whole body, sends one half of it, waits, and cuts the connection.</summary>
    public async Task AnswerHalfAsync(S3Answer answer, Task wait)
    {
        Begin(answer);
        await context.Response.Body.WriteAsync(answer.Body.AsMemory(0, answer.Body.Length / 2), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await wait;
        context.Abort();
    }

    /// <summary>Answers nothing until the client hangs up.</summary>
    public async Task SilenceAsync()
    {
        IsOver = true;
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Cut()
    {
        IsOver = true;
        context.Abort();
    }

    internal async Task ReadAsync()
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _body = body.ToArray();
    }

    private void Begin(S3Answer answer)
    {
        IsOver = true;
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers.Where(header => !NotForwarded.Contains(header.Key)))
        {
            context.Response.Headers[name] = value;
        }

        context.Response.ContentLength = context.Request.Method == "HEAD" && answer.Headers.TryGetValue("Content-Length", out var length)
            ? long.Parse(length, CultureInfo.InvariantCulture)
            : answer.Status == StatusCodes.Status204NoContent ? null : answer.Body.Length;
    }
}

/// <summary>An answer of the server, whole.</summary>
public sealed record S3Answer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public S3Answer WithText(string text) => this with { Body = Encoding.UTF8.GetBytes(text) };
}
