using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>The API's answer to a request that it did not fulfil (Kubernetes API, meta/v1 Status).</summary>
/// <param name="Reason">A word for programs: <c>NotFound</c>, <c>Conflict</c>, <c>AlreadyExists</c>, <c>Expired</c>; empty where the answer is no Status.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="ObjectKind">The kind of the object that it is about, as the API says it; null where it is about none.</param>
/// <param name="Causes">Field and fault, one line each.</param>
sealed record ApiStatus(HttpStatusCode Code, string Reason, string Message, string? ObjectKind, IReadOnlyList<string> Causes, TimeSpan? RetryAfter)
{
    public bool IsConflict => Code == HttpStatusCode.Conflict && Reason != "AlreadyExists";

    public bool IsAlreadyExists => Reason == "AlreadyExists";

    /// <summary>The version of the collection that a list or watch goes on from is no longer kept.</summary>
    public bool IsExpired => Code == HttpStatusCode.Gone;

    /// <summary>Nothing is served under this path: the type is unknown. A missing object has a Status, a missing type a bare line of text.</summary>
    public bool IsUnknownType => Code == HttpStatusCode.NotFound && ObjectKind is null;

    /// <summary>Not a word of RBAC: an admission webhook or policy looked at the object and refused it.</summary>
    public bool IsDeniedByAdmission => Message.Contains("denied the request", StringComparison.Ordinal) || Message.Contains("denied request", StringComparison.Ordinal);

    /// <param name="body">The Status as JSON, or whatever else stands between us and the API says.</param>
    public static ApiStatus Read(HttpStatusCode code, string body, TimeSpan? retryAfter)
    {
        var status = TryParse(body);
        if (status.Text("kind") != "Status")
        {
            return new ApiStatus(code, "", Line(body), null, [], retryAfter);
        }

        var seconds = status.Number("details", "retryAfterSeconds");
        return new ApiStatus(
            code,
            status.Text("reason") ?? "",
            status.Text("message") ?? "",
            status.Text("details", "name") is null ? null : status.Text("details", "kind"),
            [.. status.Items("details", "causes").Select(Cause)],
            retryAfter ?? (seconds is > 0 ? TimeSpan.FromSeconds(seconds.Value) : null));
    }

    /// <summary>The object that a watch sends in an <c>ERROR</c> event.</summary>
    public static ApiStatus Read(JsonObject status) => Read((HttpStatusCode)(status.Number("code") ?? 500), status.ToJsonString(), null);

    private static JsonNode? TryParse(string body)
    {
        try
        {
            return JsonReading.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Cause(JsonNode cause) =>
        cause.Text("field") is { Length: > 0 } field ? $"{field}: {cause.Text("message")}" : cause.Text("message") ?? "";

    private static string Line(string body)
    {
        var line = body.Trim().Split('\n')[0];
        return line.Length <= 200 ? line : string.Create(CultureInfo.InvariantCulture, $"{line[..200]}...");
    }
}
