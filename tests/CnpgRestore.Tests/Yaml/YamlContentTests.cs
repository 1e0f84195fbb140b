using CnpgRestore.Yaml;

namespace CnpgRestore.Tests.Yaml;

public sealed class YamlContentTests
{
    private static readonly YamlContent Everything = new YamlContent.Map(
        ("name", new YamlContent.Text("a b")),
        ("live", new YamlContent.Literal("true")),
        ("empty", new YamlContent.Map()),
        ("none", new YamlContent.Items()),
        ("inner", new YamlContent.Map(("deep", new YamlContent.Map(("deeper", new YamlContent.Literal("*x")))))),
        ("items", new YamlContent.Items(
            new YamlContent.Text("plain"),
            new YamlContent.Map(("a", new YamlContent.Literal("1")), ("b", new YamlContent.Items(new YamlContent.Text("c")))),
            new YamlContent.Map())));

    [Fact]
    public void Block_lines_follow_the_layout_of_the_file() => Assert.Equal(
        """
          key:
              name: "a b"
              live: true
              empty: {}
              none: []
              inner:
                  deep:
                      deeper: *x
              items:
              - plain
              - a: 1
                b:
                - c
              - {}

        """,
        Everything.ToEntry("key", 2, new YamlLayout(4, 0, "\n")));

    [Fact]
    public void An_item_stands_behind_its_dash_and_its_lines_below_it() => Assert.Equal(
        "  - a: 1\r\n    b:\r\n      - c\r\n",
        new YamlContent.Map(("a", new YamlContent.Literal("1")), ("b", new YamlContent.Items(new YamlContent.Text("c")))).ToItem(2, new YamlLayout(2, 2, "\r\n")));

    [Fact]
    public void An_item_that_is_a_scalar_stands_on_its_line() =>
        Assert.Equal("- \"1\"\n", new YamlContent.Text("1").ToItem(0, new YamlLayout(2, 2, "\n")));

    [Theory]
    [InlineData(false, """{name: "a b", live: true, empty: {}, none: [], inner: {deep: {deeper: *x}}, items: [plain, {a: 1, b: [c]}, {}]}""")]
    [InlineData(true, """{"name": "a b", "live": true, "empty": {}, "none": [], "inner": {"deep": {"deeper": *x}}, "items": ["plain", {"a": 1, "b": ["c"]}, {}]}""")]
    public void On_one_line_it_is_flow(bool json, string expected) => Assert.Equal(expected, Everything.ToFlow(json));

    [Theory]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a[0]", "\"a[0]\"")]
    [InlineData("{a}", "\"{a}\"")]
    [InlineData("\"a,b\"", "\"a,b\"")]
    [InlineData("'a,b'", "'a,b'")]
    [InlineData("a b", "a b")]
    public void A_plain_scalar_of_a_block_is_quoted_in_flow_where_its_signs_mean_something(string source, string expected) =>
        Assert.Equal(expected, new YamlContent.Literal(source).ToFlow());

    [Theory]
    [InlineData("k", true, "\"k\"")]
    [InlineData("\"k\"", true, "\"k\"")]
    [InlineData("k", false, "k")]
    public void A_key_has_quotes_in_JSON(string key, bool json, string expected) =>
        Assert.Equal($"{{{expected}: 1}}", new YamlContent.Map((key, new YamlContent.Literal("1"))).ToFlow(json));

    [Theory]
    [InlineData("postgres-v17.example/a@b_c")]
    [InlineData("_")]
    [InlineData("x1")]
    [InlineData("yesterday")]
    public void A_word_stays_plain(string value) => Assert.Equal(value, YamlContent.ToScalar(value));

    [Theory]
    [InlineData("")]
    [InlineData("1x")]
    [InlineData(".a")]
    [InlineData("/a")]
    [InlineData("@a")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("a:b")]
    [InlineData("a#b")]
    [InlineData("a+b")]
    [InlineData("é")]
    [InlineData("True")]
    [InlineData("null")]
    [InlineData("NULL")]
    [InlineData("nULL")]
    [InlineData("yes")]
    [InlineData("NO")]
    [InlineData("On")]
    [InlineData("off")]
    [InlineData("Y")]
    [InlineData("n")]
    public void What_is_no_word_for_every_reader_stands_in_quotes(string value) => Assert.Equal($"\"{value}\"", YamlContent.ToScalar(value));

    [Fact]
    public void Signs_that_a_line_cannot_hold_are_escaped() => Assert.Equal("\"a\\\\b\\\"c\\nd\\re\\tf\"", YamlContent.ToScalar("a\\b\"c\nd\re\tf"));

    [Theory]
    // An alias stays one where its anchor stands in front of the new place.
    [InlineData("a: &x one\nfrom: {k: *x}\nto:\n", "{k: *x}")]
    [InlineData("from: {k: &x {m: 1}, l: *x}\nto:\n", "{k: {m: 1}, l: *x}")]
    [InlineData("to:\na: &x {y: 1}\nfrom: {k: *x}\n", "{k: {y: 1}}")]
    // A merge whose anchor is out of reach is written out; an explicit key wins.
    [InlineData("to:\na: &x {y: 1, z: 2}\nfrom: {<<: *x, z: 3}\n", "{y: 1, z: 3}")]
    [InlineData("a: &x {y: 1}\nfrom: {<<: *x, z: 3}\nto:\n", "{<<: *x, z: 3}")]
    [InlineData("from: [1, !!str 2, &b 3, 'it''s', \"q\"]\nto:\n", "[1, 2, 3, 'it''s', \"q\"]")]
    [InlineData("from:\n  k: |\n    one\n    two\nto:\n", "{k: \"one\\ntwo\\n\"}")]
    [InlineData("from:\n  k: 'one\n\n    two'\nto:\n", "{k: \"one\\ntwo\"}")]
    [InlineData("from: {\"a b\": 1}\nto:\n", "{\"a b\": 1}")]
    public void A_copy_says_in_its_new_place_what_it_said(string source, string expected)
    {
        var text = YamlText.Parse(source, "input.yaml");
        var root = (YamlMapping)text.Documents[0].Root;
        Assert.Equal(expected, YamlContent.CopyOf(root.Find("from")!, text.Text, root.OwnEntry("to")!.Key.Start).ToFlow());
    }
}
