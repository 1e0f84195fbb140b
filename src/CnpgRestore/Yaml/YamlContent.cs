using System.Buffers;
using System.Diagnostics;
using System.Text;

namespace CnpgRestore.Yaml;

/// <summary>Something to be written into a document that was not there before.</summary>
public abstract record YamlContent
{
    // What a reader of YAML 1.1 takes for a boolean: written in quotes, whoever reads it.
    private static readonly string[] OldBooleans = ["yes", "no", "on", "off", "y", "n", "true", "false", "null"];

    private static readonly SearchValues<char> FlowSigns = SearchValues.Create(",[]{}");

    private YamlContent()
    {
    }

    /// <summary>Text as it stands in the file: an alias, <c>true</c>, or a scalar copied with its quotes.</summary>
    public sealed record Literal(string Source) : YamlContent;

    /// <summary>A string; quoted where a plain scalar could be read as something else.</summary>
    public sealed record Text(string Value) : YamlContent;

    public sealed record Map(params IReadOnlyList<(string Key, YamlContent Value)> Entries) : YamlContent;

    public sealed record Items(params IReadOnlyList<YamlContent> Values) : YamlContent;

    /// <summary>
    /// A copy of a node for another place of the same document. Anchors are not copied; an alias stays one when its anchor stands in front of
    /// <paramref name="offset"/>, and is written out otherwise.
    /// </summary>
    public static YamlContent CopyOf(YamlNode node, string text, int offset) => node switch
    {
        YamlAlias { Target: { } target } alias => target.Start < offset ? new Literal($"*{alias.Name}") : CopyOf(target, text, offset),
        YamlMapping mapping => CopyOf(mapping, text, offset),
        YamlSequence sequence => new Items([.. sequence.Items.Select(item => CopyOf(item, text, offset))]),
        YamlScalar { Style: YamlStyle.Block } scalar => new Literal(Quote(scalar.Value)),
        YamlScalar scalar when scalar.Value.Contains('\n', StringComparison.Ordinal) => new Literal(Quote(scalar.Value)),
        _ => new Literal(YamlProperties.Without(node, text)),
    };

    /// <summary>The value on one line, as it stands inside <c>{ }</c> or <c>[ ]</c>.</summary>
    /// <param name="json">With quotes around every key and string.</param>
    public string ToFlow(bool json = false) => this switch
    {
        // A plain scalar that is fine in a block may hold a comma or a bracket.
        Literal { Source: [not ('"' or '\''), ..] source } when source.AsSpan().ContainsAny(FlowSigns) => Quote(source),
        Literal literal => literal.Source,
        Text text => json ? Quote(text.Value) : ToScalar(text.Value),
        Map map => "{" + string.Join(", ", map.Entries.Select(entry => $"{ToKey(entry.Key, json)}: {entry.Value.ToFlow(json)}")) + "}",
        Items items => "[" + string.Join(", ", items.Values.Select(value => value.ToFlow(json))) + "]",
        _ => throw new UnreachableException(),
    };

    /// <summary><c>key: value</c> as block lines, each with a line end.</summary>
    /// <param name="column">Blanks in front of the key.</param>
    public string ToEntry(string key, int column, YamlLayout layout)
    {
        var lines = new StringBuilder();
        WriteEntry(lines, new string(' ', column), key, this, column, layout);
        return lines.ToString();
    }

    /// <summary><c>- item</c> as block lines, each with a line end.</summary>
    /// <param name="column">Blanks in front of the dash.</param>
    public string ToItem(int column, YamlLayout layout)
    {
        var lines = new StringBuilder();
        WriteItem(lines, this, column, layout);
        return lines.ToString();
    }

    /// <summary>A scalar that is read back as exactly this string.</summary>
    public static string ToScalar(string value) => IsPlain(value) ? value : Quote(value);

    internal static string ToKey(string key, bool json) => json && !key.StartsWith('"') ? Quote(key) : key;

    // Narrower than YAML allows: no digit in front, so that no reader sees a number, a date or a sexagesimal.
    internal static bool IsPlain(string value) =>
        value.Length > 0 && (char.IsAsciiLetter(value[0]) || value[0] == '_') &&
        value.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '/' or '@' or '-') &&
        !YamlMeaning.IsTyped(value) && !OldBooleans.Contains(value, StringComparer.OrdinalIgnoreCase);

    internal static string Quote(string value) =>
        '"' + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal)
            .Replace("\t", "\\t", StringComparison.Ordinal) + '"';

    private static Map CopyOf(YamlMapping mapping, string text, int offset)
    {
        var entries = new List<(string Key, YamlContent Value)>();
        foreach (var entry in mapping.Entries)
        {
            var value = CopyOf(entry.Value, text, offset);
            if (entry.IsMerge && value is Map merged)
            {
                // The anchor is out of reach: the entries take the place of the '<<', but for those that an explicit key overrides.
                entries.AddRange(merged.Entries.Where(inner => mapping.OwnEntry(inner.Key) is null));
            }
            else
            {
                entries.Add((text[entry.Key.Start..entry.Key.End], value));
            }
        }

        return new Map(entries);
    }

    private static void WriteEntry(StringBuilder lines, string lead, string key, YamlContent value, int column, YamlLayout layout)
    {
        lines.Append(lead).Append(key).Append(':');
        switch (value)
        {
            case Map { Entries.Count: > 0 } map:
                lines.Append(layout.NewLine);
                foreach (var entry in map.Entries)
                {
                    WriteEntry(lines, new string(' ', column + layout.Step), entry.Key, entry.Value, column + layout.Step, layout);
                }

                break;
            case Items { Values.Count: > 0 } items:
                lines.Append(layout.NewLine);
                foreach (var item in items.Values)
                {
                    WriteItem(lines, item, column + layout.SequenceIndent, layout);
                }

                break;
            default:
                lines.Append(' ').Append(OnLine(value)).Append(layout.NewLine);
                break;
        }
    }

    private static string OnLine(YamlContent value) => value is Literal literal ? literal.Source : value.ToFlow();

    private static void WriteItem(StringBuilder lines, YamlContent item, int column, YamlLayout layout)
    {
        var dash = new string(' ', column) + "- ";
        if (item is not Map { Entries.Count: > 0 } map)
        {
            lines.Append(dash).Append(OnLine(item)).Append(layout.NewLine);
            return;
        }

        for (var index = 0; index < map.Entries.Count; index++)
        {
            var (key, value) = map.Entries[index];
            WriteEntry(lines, index == 0 ? dash : new string(' ', column + 2), key, value, column + 2, layout);
        }
    }
}
