using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace CnpgRestore;

/// <summary>Reads along keys; what is absent, or of another kind than asked for, is null.</summary>
static class JsonReading
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>JSON that somebody else wrote. A key that stands twice, or bytes that are no text, show here and not where the object is read.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static JsonNode? Parse(string text) => Parse(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Parse(string)"/>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            throw new JsonException("it is no text in UTF-8");
        }

        try
        {
            return JsonNode.Parse(utf8, documentOptions: Strict);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    /// <inheritdoc cref="Parse(string)"/>
    public static async Task<JsonNode?> ParseAsync(Stream utf8, CancellationToken ct)
    {
        using var whole = new MemoryStream();
        await utf8.CopyToAsync(whole, ct);
        return Parse(whole.GetBuffer().AsSpan(0, (int)whole.Length));
    }

    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            node = (node as JsonObject)?[key];
        }

        return node;
    }

    /// <summary>A scalar as text; numbers and booleans as they are written in JSON.</summary>
    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) is JsonValue value
        ? value.GetValueKind() == JsonValueKind.String ? String(value) : value.ToJsonString()
        : null;

    /// <summary>The same. Of a key that stands twice, as in the lines that some loggers write, the last counts.</summary>
    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var key in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(key, out element))
            {
                return null;
            }
        }

        return element.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? Text(JsonValue.Create(element)) : null;
    }

    public static bool? Flag(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) is JsonValue value
        ? value.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        }
        : null;

    public static int? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        int.TryParse(node.Text(path), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A time as Kubernetes writes it, RFC 3339.</summary>
    public static DateTimeOffset? Time(this JsonNode? node, params ReadOnlySpan<string> path) =>
        DateTimeOffset.TryParse(node.Text(path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    public static IEnumerable<JsonNode> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.OfType<JsonNode>() ?? [];

    // Half of a surrogate pair, or bytes that are no UTF-8, are no text.
    private static string? String(JsonValue value)
    {
        try
        {
            return value.GetValue<string>();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
