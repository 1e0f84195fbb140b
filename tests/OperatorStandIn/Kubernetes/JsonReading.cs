using System.Text.Json;
using System.Text.Json.Nodes;

namespace CnpgRestore.OperatorStandIn.Kubernetes;

/// <summary>Reads along keys of an object; what is absent, or of another kind than asked for, is null.</summary>
static class JsonReading
{
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
        ? value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString()
        : null;

    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) => node.Text(path) == "true";

    public static IEnumerable<JsonNode> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.OfType<JsonNode>() ?? [];

    public static IEnumerable<KeyValuePair<string, JsonNode?>> Entries(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) as JsonObject ?? [];

    /// <summary>A copy that may be put into another object.</summary>
    public static JsonNode? Copy(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path)?.DeepClone();
}
