using System.Text.Json.Serialization.Metadata;
using System.Text.Json;
using CnpgRestore.Yaml;

namespace CnpgRestore.Cli.Output;

/// <summary>Prints a document as one JSON line, or as a YAML document of the same fields.</summary>
static class DocumentOutput
{
    public static void Write<T>(CliSession session, T document, JsonTypeInfo<T> type)
    {
        if (session.Format == OutputFormat.Yaml)
        {
            session.Result.Line(YamlWriter.From(JsonSerializer.SerializeToElement(document, type)).TrimEnd());
        }
        else
        {
            session.Result.Line(JsonSerializer.Serialize(document, type));
        }
    }
}
