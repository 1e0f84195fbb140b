using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CnpgRestore.Yaml;

/// <summary>What a document says, apart from how it is written: aliases and merge keys resolved, as JSON.</summary>
public static partial class YamlMeaning
{
    private static readonly string[] Nulls = ["", "~", "null", "Null", "NULL"];
    private static readonly string[] Trues = ["true", "True", "TRUE"];
    private static readonly string[] Falses = ["false", "False", "FALSE"];

    /// <summary>
    /// Plain scalars are typed by the core schema of YAML 1.2, as Kubernetes' own reader does for every word but yes, no, on and off.
    /// An alias without an anchor becomes its own text.
    /// </summary>
    public static JsonNode? ToJson(YamlNode node) => ToJson(node, text => text);

    /// <summary>The same, with every key and scalar replaced before it is typed: <c>${N}</c> that becomes 3 is a number, <c>"${N}"</c> is a text.</summary>
    public static JsonNode? ToJson(YamlNode node, Func<string, string> replace) => node switch
    {
        YamlAlias { Target: null } alias => JsonValue.Create($"*{alias.Name}"),
        YamlAlias { Target: { } target } => ToJson(target, replace),
        YamlMapping mapping => ToObject(mapping, replace),
        YamlSequence sequence => new JsonArray([.. sequence.Items.Select(item => ToJson(item, replace))]),
        _ => ToValue((YamlScalar)node, replace),
    };

    /// <summary>
    /// The places where two documents differ, as <c>spec.externalClusters[0].name</c>; a place that one lacks is named once, not leaf by leaf.
    /// </summary>
    public static IEnumerable<string> Differences(JsonNode? left, JsonNode? right, string path = "")
    {
        switch (left, right)
        {
            case (JsonObject a, JsonObject b):
                return a.Select(entry => entry.Key).Union(b.Select(entry => entry.Key)).SelectMany(key =>
                    a.ContainsKey(key) && b.ContainsKey(key)
                        ? Differences(a[key], b[key], Join(path, key))
                        : [Join(path, key)]);
            case (JsonArray a, JsonArray b):
                return Enumerable.Range(0, Math.Max(a.Count, b.Count)).SelectMany(index =>
                    index < a.Count && index < b.Count
                        ? Differences(a[index], b[index], string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"))
                        : [string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]")]);
            default:
                return JsonNode.DeepEquals(left, right) ? [] : [path];
        }
    }

    /// <summary>Whether a plain scalar with this text would be read as something else than this text.</summary>
    internal static bool IsTyped(string text) =>
        Nulls.Contains(text) || Trues.Contains(text) || Falses.Contains(text) || Number.IsMatch(text);

    private static JsonObject ToObject(YamlMapping mapping, Func<string, string> replace)
    {
        var result = new JsonObject();
        // Of several merged mappings the first wins, and an explicit key wins over all: write them in the opposite order.
        foreach (var merged in mapping.MergedMappings().Reverse())
        {
            foreach (var (key, value) in ToObject(merged, replace))
            {
                result[key] = value?.DeepClone();
            }
        }

        foreach (var entry in mapping.Entries.Where(entry => !entry.IsMerge))
        {
            result[replace(entry.Name ?? "")] = ToJson(entry.Value, replace);
        }

        return result;
    }

    private static JsonValue? ToValue(YamlScalar scalar, Func<string, string> replace)
    {
        var text = replace(scalar.Value);
        if (scalar.Style != YamlStyle.Plain || scalar.Tag == "tag:yaml.org,2002:str")
        {
            return JsonValue.Create(text);
        }

        // ${quote}${N}${quote}, as Flux's manual writes a number that has to be a text: the quotes come with the values.
        if (text is ['"' or '\'', ..] && YamlText.TryParse(text, "")?.Documents is [{ Root: YamlScalar quoted }])
        {
            return JsonValue.Create(quoted.Value);
        }

        if (Nulls.Contains(text))
        {
            return null;
        }

        if (Trues.Contains(text) || Falses.Contains(text))
        {
            return JsonValue.Create(Trues.Contains(text));
        }

        if (Number.IsMatch(text))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? JsonValue.Create(whole)
                // JSON has no number for what lies beyond.
                : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) is var number && double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(text);
        }

        return JsonValue.Create(text);
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    [GeneratedRegex(@"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number { get; }
}
