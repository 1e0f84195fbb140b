using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CnpgRestore.Yaml;

/// <summary>JSON as a YAML document. A string is quoted unless no YAML reader could take it for anything but a string.</summary>
public static partial class YamlWriter
{
    public static string From(JsonElement document)
    {
        using var text = new StringWriter();
        var emitter = new Emitter(text);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(version: null, tags: null, isImplicit: false));
        Emit(emitter, document);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                emitter.Emit(new MappingStart());
                foreach (var member in element.EnumerateObject())
                {
                    Emit(emitter, member.Name);
                    Emit(emitter, member.Value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonValueKind.Array:
                emitter.Emit(new SequenceStart(default, default, isImplicit: true, SequenceStyle.Block));
                foreach (var item in element.EnumerateArray())
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValueKind.String:
                Emit(emitter, element.GetString()!);
                break;
            default:
                emitter.Emit(new Scalar(element.GetRawText()));
                break;
        }
    }

    private static void Emit(Emitter emitter, string text) =>
        emitter.Emit(new Scalar(default, default, text, Unmistakable().IsMatch(text) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted, isPlainImplicit: true, isQuotedImplicit: true));

    [GeneratedRegex(@"^(?!(?i:true|false|null|yes|no|on|off|y|n)$)[A-Za-z][\w./-]*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unmistakable();
}
