using System.Text.Json.Nodes;
using CnpgRestore.Yaml;

namespace CnpgRestore.Tests.Yaml;

public sealed class YamlMeaningTests
{
    [Theory]
    [InlineData("~", "null")]
    [InlineData("null", "null")]
    [InlineData("Null", "null")]
    [InlineData("NULL", "null")]
    [InlineData("nULL", "\"nULL\"")]
    [InlineData("true", "true")]
    [InlineData("True", "true")]
    [InlineData("TRUE", "true")]
    [InlineData("tRUE", "\"tRUE\"")]
    [InlineData("false", "false")]
    [InlineData("False", "false")]
    [InlineData("FALSE", "false")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("12", "12")]
    [InlineData("-12", "-12")]
    [InlineData("+12", "12")]
    [InlineData("1.5", "1.5")]
    [InlineData("1.", "1")]
    [InlineData(".5", "0.5")]
    [InlineData("-1.5e3", "-1500")]
    [InlineData("1E+2", "100")]
    [InlineData("99999999999999999999", "100000000000000000000")]
    [InlineData("1e999", "\"1e999\"")]
    [InlineData("1e", "\"1e\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    // As kubectl sends them: go-yaml reads the numbers of YAML 1.1, and a defaultMode of 440 would be another one than 0440.
    [InlineData("0x1f", "31")]
    [InlineData("-0x1F", "-31")]
    [InlineData("0440", "288")]
    [InlineData("0o440", "288")]
    [InlineData("+017", "15")]
    [InlineData("0b101", "5")]
    [InlineData("1_000", "1000")]
    [InlineData("_1", "\"_1\"")]
    [InlineData("0899", "899")]
    [InlineData("0xffffffffffffffff", "18446744073709551615")]
    [InlineData("0x1ffffffffffffffff", "\"0x1ffffffffffffffff\"")]
    [InlineData("0x", "\"0x\"")]
    [InlineData("0o8", "\"0o8\"")]
    [InlineData("'0440'", "\"0440\"")]
    [InlineData("'12'", "\"12\"")]
    [InlineData("\"true\"", "\"true\"")]
    [InlineData("!!str 12", "\"12\"")]
    [InlineData("*gone", "\"*gone\"")]
    [InlineData("", "null")]
    public void A_scalar_is_typed_as_Kubernetes_reads_it(string source, string json) =>
        Assert.Equal($"{{\"k\":{json}}}", Meaning($"k: {source}\n")!.ToJsonString().Replace("1E+20", "100000000000000000000", StringComparison.Ordinal));

    [Fact]
    public void A_key_that_is_no_scalar_has_no_name() => Assert.Equal("""{"a":1,"":2}""", Meaning("a: 1\n? [b]\n: 2\n")!.ToJsonString());

    [Theory]
    [InlineData("a: 1", "a: 1", "")]
    [InlineData("a: 1", "a: 2", "a")]
    [InlineData("a: 1", "b: 1", "a b")]
    [InlineData("a: {b: 1, c: {d: 1}}", "a: {b: 2}", "a.b a.c")]
    [InlineData("a: [1, 2]", "a: [1, 3, {x: 1}]", "a[1] a[2]")]
    [InlineData("a: [1, 2, 3]", "a: [1]", "a[1] a[2]")]
    [InlineData("a: [{b: 1}]", "a: [{b: 2}]", "a[0].b")]
    [InlineData("a: [1]", "a: {b: 1}", "a")]
    [InlineData("a:", "b: 1", "a b")]
    [InlineData("a:", "a: ''", "a")]
    public void Differences_are_named_by_their_place(string left, string right, string expected) =>
        Assert.Equal(expected, string.Join(' ', YamlMeaning.Differences(Meaning(left), Meaning(right))));

    [Theory]
    [InlineData("a: [x, {b: c}]", "a 1 b", "c")]
    [InlineData("a: &a {b: {c: d}}\ne: *a", "e b c", "d")]
    [InlineData("a: &a {b: c}\ne: {<<: *a}", "e b", "c")]
    [InlineData("a: &a {b: 1}\nc: &c {b: 2, d: 3}\ne: {<<: [*a, *c]}", "e b", "1")]
    [InlineData("a: &a {b: 1}\nc: &c {b: 2, d: 3}\ne: {<<: [*a, *c]}", "e d", "3")]
    [InlineData("a: [x]", "a 1", null)]
    [InlineData("a: [x]", "a -1", null)]
    [InlineData("a: [x]", "a b", null)]
    [InlineData("a: x", "a b", null)]
    [InlineData("a: *gone", "a b", null)]
    [InlineData("a: x", "b", null)]
    public void A_node_is_found_by_its_path(string source, string path, string? value) =>
        Assert.Equal(value, (YamlText.Parse(source, "input.yaml").Documents[0].Root.Find(path.Split(' ')) as YamlScalar)?.Value);

    private static JsonNode? Meaning(string source) => YamlMeaning.ToJson(YamlText.Parse(source, "input.yaml").Documents[0].Root);
}
