using Microsoft.AspNetCore.Http;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>What a request to the API server can meet; with <see cref="ApiFaultProxy.On"/> it makes a rule.</summary>
static class ApiFaults
{
    /// <summary>Gone when the request is sent again.</summary>
    public static IReadOnlyDictionary<string, Func<ApiFaultProxy, HttpContext, Task>> Passing { get; } = new Dictionary<string, Func<ApiFaultProxy, HttpContext, Task>>
    {
        ["429 TooManyRequests"] = Status(429, "TooManyRequests"),
        ["500 InternalError"] = Status(500, "InternalError"),
        ["503 ServiceUnavailable"] = Status(503, "ServiceUnavailable"),
        ["504 Timeout"] = Status(504, "Timeout"),
        ["cut before the effect"] = CutBefore,
        ["cut after the effect"] = CutAfter,
    };

    public static Func<ApiFaultProxy, HttpContext, Task> Status(int code, string reason) => (_, context) => ApiFaultProxy.StatusAsync(context, code, reason);

    public static Task CutBefore(ApiFaultProxy proxy, HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    public static Task CutAfter(ApiFaultProxy proxy, HttpContext context) => proxy.DropAnswerAsync(context);
}
