using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace CnpgRestore.Tests.Manifests;

/// <summary>YamlDotNet's own deserializer with its own merging: a second opinion on what a document means. Every scalar is a string to it.</summary>
static class OtherReader
{
    public static List<JsonNode?> Read(string text)
    {
        var parser = new MergingParser(new Parser(new StringReader(text.TrimStart('\uFEFF'))));
        var deserializer = new DeserializerBuilder().Build();
        var documents = new List<JsonNode?>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
        {
            documents.Add(ToJson(deserializer.Deserialize<object?>(parser)));
        }

        return documents;
    }

    private static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        IDictionary<object, object> map => new JsonObject(map.Select(entry => KeyValuePair.Create($"{entry.Key}", ToJson(entry.Value)))),
        IList<object> items => new JsonArray([.. items.Select(ToJson)]),
        _ => JsonValue.Create($"{value}"),
    };
}
