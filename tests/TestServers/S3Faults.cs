namespace CnpgRestore.TestServers;

/// <summary>
/// What a request to S3 can meet. With <see cref="S3FaultProxy.On(S3Operation, Func{int, bool}, Func{S3Exchange, Task})"/> and <see cref="Times"/> it
/// makes a rule: which request, the how manieth, what happens.
/// </summary>
public static class S3Faults
{
    private const int CorruptBytes = 16;

    /// <summary>Gone when the request is sent again.</summary>
    public static IReadOnlyDictionary<string, Func<S3Exchange, Task>> Passing { get; } = new Dictionary<string, Func<S3Exchange, Task>>
    {
        ["503 SlowDown"] = Answer(503, "SlowDown"),
        ["500 InternalError"] = Answer(500, "InternalError"),
        ["429 TooManyRequests"] = Answer(429, "TooManyRequests"),
        ["502 without S3"] = exchange => exchange.AnswerAsync(new S3Answer(502, new Dictionary<string, string>(), "<html>Bad Gateway</html>"u8.ToArray())),
        ["504"] = Answer(504, "GatewayTimeout"),
        ["cut before the effect"] = CutBefore,
        ["cut after the effect"] = CutAfter,
        ["cut in the answer"] = CutInAnswer,
    };

    /// <summary>Not gone by asking again; a person has to do something first.</summary>
    public static IReadOnlyDictionary<string, Func<S3Exchange, Task>> Final { get; } = new Dictionary<string, Func<S3Exchange, Task>>
    {
        ["403 AccessDenied"] = Answer(403, "AccessDenied"),
        ["400 ExpiredToken"] = Answer(400, "ExpiredToken"),
        ["403 RequestTimeTooSkewed"] = Answer(403, "RequestTimeTooSkewed"),
        ["403 InvalidAccessKeyId"] = Answer(403, "InvalidAccessKeyId"),
    };

    public static Func<S3Exchange, Task> Answer(int status, string code) => exchange => exchange.AnswerAsync(status, code);

    public static Task CutBefore(S3Exchange exchange)
    {
        exchange.Cut();
        return Task.CompletedTask;
    }

    public static async Task CutAfter(S3Exchange exchange)
    {
        await exchange.ForwardAsync();
        exchange.Cut();
    }

    public static async Task CutInAnswer(S3Exchange exchange)
    {
        var answer = await exchange.ForwardAsync();
        if (exchange.Call.Operation is S3Operation.HeadObject or S3Operation.PutObject || answer.Body.Length < 10)
        {
            exchange.Cut();
        }
        else
        {
            await exchange.AnswerHalfAsync(answer, Task.CompletedTask);
        }
    }

    /// <summary>A store that knows the checksums of before 2022 only, as older MinIO and Dell ECS do.</summary>
    public static Task RefuseWithoutContentMD5(S3Exchange exchange) =>
        exchange.Call.Operation is S3Operation.DeleteObjects or S3Operation.PutTagging && exchange.RequestHeader("Content-MD5") is null
            ? exchange.AnswerAsync(400, "MissingContentMD5", "Missing required header for this request: Content-Md5.")
            : Task.CompletedTask;

    /// <summary>No answer, until the client has enough of waiting.</summary>
    public static Task Silence(S3Exchange exchange) => exchange.SilenceAsync();

    /// <summary>An answer that is whole by its own account, and half of what is there.</summary>
    public static async Task Truncate(S3Exchange exchange)
    {
        var answer = await exchange.ForwardAsync();
        await exchange.AnswerAsync(answer with { Body = answer.Body[..(answer.Body.Length / 2)] });
    }

    /// <summary>
    /// The bytes in the middle are other ones. A single bit would not do: in the zeros at the end of a WAL segment it can say "the zero two before" for
    /// "the zero before", and the content stays the same.
    /// </summary>
    public static async Task Corrupt(S3Exchange exchange)
    {
        var answer = await exchange.ForwardAsync();
        if (answer is { Status: 200 or 206, Body: var body })
        {
            foreach (ref var one in body.AsSpan(body.Length / 2, Math.Min(CorruptBytes, body.Length / 2)))
            {
                one ^= 0xFF;
            }
        }

        await exchange.AnswerAsync(answer);
    }

    /// <summary>The answer has these headers beside its own.</summary>
    public static Func<S3Exchange, Task> Headers(params (string Name, string Value)[] headers) => async exchange =>
    {
        var answer = await exchange.ForwardAsync();
        var all = new Dictionary<string, string>(answer.Headers, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            all[name] = value;
        }

        await exchange.AnswerAsync(answer with { Headers = all });
    };

    /// <summary>A page of a listing is changed on its way.</summary>
    public static Func<S3Exchange, Task> Page(Action<S3Page> change) => async exchange =>
    {
        var page = new S3Page(await exchange.ForwardAsync());
        change(page);
        await exchange.AnswerAsync(page.ToAnswer());
    };
}
