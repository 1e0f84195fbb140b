using System.Text.Json;
using System.Text.Json.Nodes;
using CnpgRestore.Tests.Manifests;
using CnpgRestore.Yaml;
using CsCheck;

namespace CnpgRestore.Tests.Yaml;

public sealed class YamlWriterTests
{
    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Char[" abz09-_.:/#&*!|>'\"%@`{}[],?~\t\n\\éß"].Array[0, 12].Select(letters => new string(letters)),
        Gen.OneOf("", "~", "null", "true", "No", "on", "1", "-1.5e3", "0o7", "0x1f", "2026-03-01", "12:30:45", "<<", "---", "...", "- a", "a: b", "=", ".inf"));

    [Fact]
    public void A_document_looks_as_a_person_would_write_it()
    {
        const string Json = """
            {"kind": "Run", "steps": [{"name": "load", "objects": 12, "share": 0.5, "done": true, "detail": null}, "last"], "matrix": [[1, 2], [3]],
             "nothing": {}, "none": [], "at": "2026-03-01T04:05:06Z", "a key": "two words", "path": "base/1/a.b-c_d"}
            """;
        Assert.Equal(
            """
            ---
            kind: Run
            steps:
            - name: load
              objects: 12
              share: 0.5
              done: true
              detail: null
            - last
            matrix:
            - - 1
              - 2
            - - 3
            nothing: {}
            none: []
            at: "2026-03-01T04:05:06Z"
            "a key": "two words"
            path: base/1/a.b-c_d

            """,
            Written(Json));
    }

    [Theory]
    [InlineData("postgres", "postgres")]
    [InlineData("x", "x")]
    [InlineData("yesterday", "yesterday")]
    [InlineData("none", "none")]
    [InlineData("", "\"\"")]
    [InlineData("1", "\"1\"")]
    [InlineData("-x", "\"-x\"")]
    [InlineData("_x", "\"_x\"")]
    [InlineData("a:b", "\"a:b\"")]
    [InlineData("a#b", "\"a#b\"")]
    [InlineData("a\n", "'a\n\n'")]
    [InlineData("a ", "\"a \"")]
    [InlineData("true", "\"true\"")]
    [InlineData("FALSE", "\"FALSE\"")]
    [InlineData("Null", "\"Null\"")]
    [InlineData("Yes", "\"Yes\"")]
    [InlineData("no", "\"no\"")]
    [InlineData("On", "\"On\"")]
    [InlineData("off", "\"off\"")]
    [InlineData("y", "\"y\"")]
    [InlineData("N", "\"N\"")]
    [InlineData("2026-03-01", "\"2026-03-01\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    public void A_string_that_could_be_taken_for_something_else_stands_in_quotes(string value, string written) =>
        Assert.Equal($"---\nkey: {written}\n", Written(new JsonObject { ["key"] = value }.ToJsonString()));

    [Theory]
    [InlineData("\"text\"", "--- text\n")]
    [InlineData("12", "--- 12\n")]
    [InlineData("[]", "--- []\n")]
    [InlineData("{}", "--- {}\n")]
    public void A_document_may_be_a_single_value(string json, string written) => Assert.Equal(written, Written(json));

    [Fact]
    public void What_is_written_is_read_back_the_same() => Gen.Select(AnyText, AnyText, Gen.Int, Gen.Bool).Sample((key, value, number, flag) =>
    {
        var json = new JsonObject { [$"k{key}"] = value, ["l"] = new JsonArray(value, number, new JsonObject { ["m"] = flag, ["n"] = new JsonArray(value) }), ["o"] = null };
        var written = Written(json.ToJsonString());
        Assert.True(JsonNode.DeepEquals(json, YamlMeaning.ToJson(YamlText.Parse(written, "written.yaml").Documents[0].Root)), written);
        // The other reader takes a quoted "<<" for a merge key.
        Assert.True(value == "<<" || OtherReader.Read(written).Single()!["l"]![0]!.GetValue<string>() == value, written);
    }, iter: 1000);

    private static string Written(string json)
    {
        using var document = JsonDocument.Parse(json);
        return YamlWriter.From(document.RootElement);
    }
}
