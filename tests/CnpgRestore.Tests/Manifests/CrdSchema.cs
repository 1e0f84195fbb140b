using System.Text.Json;
using System.Text.Json.Nodes;
using CnpgRestore.Yaml;

namespace CnpgRestore.Tests.Manifests;

/// <summary>The structural schema of a real CRD: unknown fields, types, required fields and enumerations, as the API server checks them.</summary>
sealed class CrdSchema
{
    private readonly JsonNode _schema;

    private CrdSchema(JsonNode schema)
    {
        _schema = schema;
    }

    public static CrdSchema Clusters { get; } = Load("postgresql.cnpg.io_clusters.yaml");

    public IEnumerable<string> Errors(JsonNode? value) => Errors(_schema, value, "");

    private static CrdSchema Load(string file)
    {
        var crd = YamlMeaning.ToJson(YamlText.Parse(File.ReadAllText(Golden.Path("crds", file)), file).Documents[0].Root)!;
        return new CrdSchema(crd["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!);
    }

    private static IEnumerable<string> Errors(JsonNode schema, JsonNode? value, string path)
    {
        if (schema["x-kubernetes-int-or-string"] is not null || value is null)
        {
            return [];
        }

        return (string?)schema["type"] switch
        {
            "object" => value is JsonObject map ? ObjectErrors(schema, map, path) : [$"{path} is no object"],
            "array" => value is JsonArray items
                ? items.SelectMany((item, index) => Errors(schema["items"]!, item, $"{path}[{index}]"))
                : [$"{path} is no array"],
            "string" => value.GetValueKind() != JsonValueKind.String ? [$"{path} is no string"]
                : schema["enum"] is JsonArray choices && !choices.Any(choice => choice!.ToString() == value.ToString()) ? [$"{path}: '{value}' is none of the choices"]
                : [],
            "boolean" => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? [] : [$"{path} is no boolean"],
            "integer" => value is JsonValue number && number.TryGetValue<long>(out _) ? [] : [$"{path} is no integer"],
            _ => [],
        };
    }

    private static IEnumerable<string> ObjectErrors(JsonNode schema, JsonObject map, string path)
    {
        var required = (schema["required"] as JsonArray ?? []).Select(name => name!.ToString()).Where(name => !map.ContainsKey(name)).Select(name => $"{path}.{name} is missing");
        if (schema["x-kubernetes-preserve-unknown-fields"] is not null)
        {
            return required;
        }

        var known = schema["properties"] as JsonObject;
        var additional = schema["additionalProperties"];
        // 'metadata' has no properties in a CRD; the API server knows it itself.
        return required.Concat(map.SelectMany(entry => (known?[entry.Key] ?? additional) is { } inner
            ? Errors(inner, entry.Value, $"{path}.{entry.Key}")
            : known is null && path == ".metadata" ? [] : [$"{path}.{entry.Key} is unknown"]));
    }
}
