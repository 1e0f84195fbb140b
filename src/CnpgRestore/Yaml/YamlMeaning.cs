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
    /// Plain scalars are typed by the core schema of YAML 1.2, as Kubernetes' own reader does for every word but yes, no, on and off; of the numbers it
    /// reads those of YAML 1.1 as well: <c>0440</c> is octal.
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
        Nulls.Contains(text) || Trues.Contains(text) || Falses.Contains(text) || ToNumber(text) is not null;

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

        return ToNumber(text) ?? JsonValue.Create(text);
    }

    /// <summary>
    /// The number that Kubernetes reads; null where it reads a text ([go-yaml v2] resolve.go: strconv.ParseInt with base 0, before it ParseFloat;
    /// underlines between digits are left out). <c>defaultMode: 0440</c> is 288 in the JSON that the API gets.
    /// </summary>
    private static JsonValue? ToNumber(string text)
    {
        var plain = text is [>= '0' and <= '9' or '+' or '-', ..] ? text.Replace("_", "", StringComparison.Ordinal) : text;
        if (Based.Match(plain) is { Success: true } based && ToWhole(based) is { } whole)
        {
            return whole;
        }

        if (!Number.IsMatch(plain))
        {
            return null;
        }

        return long.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number)
            // JSON has no number for what lies beyond.
            : double.Parse(plain, NumberStyles.Float, CultureInfo.InvariantCulture) is var real && double.IsFinite(real) ? JsonValue.Create(real) : null;
    }

    /// <summary>Null where it does not fit into 64 bits.</summary>
    private static JsonValue? ToWhole(Match based)
    {
        var (bits, digits) = based.Groups["hex"].Success ? (4, based.Groups["hex"]) : based.Groups["bin"].Success ? (1, based.Groups["bin"]) : (3, based.Groups["oct"]);
        UInt128 value = 0;
        foreach (var digit in digits.ValueSpan)
        {
            value = (value << bits) + (UInt128)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
            if (value > ulong.MaxValue)
            {
                return null;
            }
        }

        var isNegative = based.Groups["sign"].ValueSpan is "-";
        return (isNegative, value <= long.MaxValue) switch
        {
            (true, true) => JsonValue.Create(-(long)value),
            (false, true) => JsonValue.Create((long)value),
            (false, false) => JsonValue.Create((ulong)value),
            _ => null,
        };
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    [GeneratedRegex(@"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number { get; }

    [GeneratedRegex(@"^(?<sign>[-+]?)0([xX](?<hex>[0-9a-fA-F]+)|[bB](?<bin>[01]+)|[oO]?(?<oct>[0-7]+))\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Based { get; }
}
