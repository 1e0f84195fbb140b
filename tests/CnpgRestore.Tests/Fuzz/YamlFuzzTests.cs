using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CnpgRestore.Manifests;
using CnpgRestore.Tests.Manifests;
using CnpgRestore.Yaml;

namespace CnpgRestore.Tests.Fuzz;

public sealed partial class YamlFuzzTests
{
    private static readonly string[] Tokens =
    [
        "- ", ": ", "&a ", "*a", "<<: *a", "# ", "\n", "  ", "\t", "---\n", "...\n", "|\n", ">-\n", "!!str ", "!x ", "{", "}", "[", "]", "? ", "'", "\"", "\\", "\r\n", "\uFEFF", "1e999", "-.5e+1", "~",
        "spec:\n", "  bootstrap:\n", "    recovery:\n", "    initdb:\n", "      # recovery:\n", "  externalClusters:\n", "    - name: x\n", "  plugins:\n", "    - name: barman-cloud.cloudnative-pg.io\n",
        "serverName: ", "barmanObjectStore:\n", "kind: Cluster\n", "apiVersion: postgresql.cnpg.io/v1\n", "${X}", "${X:=y}", "$${X}", "database: app\n", "source: a\n", "[{", "&a [*a]", "{a: ", "- - ", "%YAML 1.2\n",
    ];

    private static readonly string[][] Requests =
    [
        ["recovery"],
        ["recovery", "--source", "postgres-v16", "--archive-name", "postgres-v18", "--database", "app", "--owner", "it's", "--target-time", "2026-03-01T10:00:00Z"],
        ["recovery", "--source", "a", "--target-lsn", "16/B374D848", "--backup-id", "20260301T020000", "--target-exclusive"],
        ["initdb"],
        ["initdb", "--archive-name", "postgres-v18", "--database", "app", "--owner", "app", "--secret", "s"],
    ];

    private static IReadOnlyList<byte[]> Manifests => FuzzSeeds.Files("manifests", "*.yaml", 4096);

    [Fact]
    public void Texts() => new Fuzzer("YAML", [.. Manifests, .. FuzzSeeds.Files("crds", "*.yaml", 4096)]) { Tokens = Tokens, LargestInput = 8192 }.Run(input =>
    {
        var text = YamlText.Parse(Encoding.UTF8.GetString(input), "f");
        foreach (var document in text.Documents)
        {
            foreach (var node in document.Root.Walk())
            {
                Assert.InRange(node.Start, document.Start, node.End);
                Assert.InRange(node.End, node.Start, document.End);
            }

            YamlMeaning.ToJson(document.Root)?.ToJsonString();
        }
    });

    /// <summary>Refused, with every file as it was; or edited, and then it is YAML that says what was asked.</summary>
    [Fact]
    public void Edits() => new Fuzzer("edits of manifests", Manifests) { Tokens = Tokens, LargestInput = 8192 }.Run(input =>
    {
        var set = new ManifestSet(new ManifestFile("input.yaml", Encoding.UTF8.GetString(input)));
        var args = Requests[input.Length % Requests.Length];
        try
        {
            GoldenManifest.Edit(set, args);
        }
        catch (RestoreException)
        {
            Assert.False(set.Files[0].IsChanged);
            throw;
        }

        var after = new ManifestSet(new ManifestFile("input.yaml", set.Files[0].Text.Text)).Read(null);
        Assert.Equal(args[0] == "recovery" ? BootstrapMethod.Recovery : BootstrapMethod.Initdb, Assert.Single(after.Methods));
        Assert.True(args.Length < 2 || args[0] != "recovery" || after.Source?.ServerName == args[2]);
        UnifiedDiff.Create(set.Files[0].Original.Text, set.Files[0].Text.Text, "f");
    });

    [Fact]
    public void Json_is_the_same_in_YAML() => new Fuzzer("YAML writer", FuzzSeeds.Of(
        "{\"a\":\"true\",\"b\":[1,2.5,null,{\"c: d\":\"# x\"}],\"e\":{},\"f\":[],\"g\":\"line\\nend \",\"h\":\"it's\",\"12\":\"0x10\",\"i\":\"ü\\u0085\\u2028\",\"j\":\"- x\"}"))
    {
        Tokens = ["\"", "{}", "[]", "\\n", "\\t", "\\u0000", "\\ud83d\\ude00", "\\u00a0", ": ", " #", "null", "true", "-1", "1e5", "\"~\"", "\"yes\"", "\"1_0\"", "\"\"", "\" \"", "\"---\"", "\"%\"", "\"\\u007f\""],
        Documented = [typeof(JsonException)],
        LargestInput = 4096,
    }.Run(input =>
    {
        // Kubernetes sends no key twice, no half of a character, and no number that a double does not hold.
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(input), new JsonDocumentOptions { AllowDuplicateProperties = false });
        if (Beyond().IsMatch(json.RootElement.GetRawText()) || json.RootElement.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var text = YamlText.Parse(YamlWriter.From(json.RootElement), "f");
        Assert.Equal("", string.Join(' ', YamlMeaning.Differences(JsonNode.Parse(json.RootElement.GetRawText()), YamlMeaning.ToJson(text.Documents[0].Root))));
    });

    [GeneratedRegex(@"\\[uU][dD]|[eE][+-]?[0-9]{3}|[0-9]{300}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Beyond();
}
