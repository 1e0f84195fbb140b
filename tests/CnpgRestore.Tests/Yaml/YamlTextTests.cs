using System.Text.Json.Nodes;
using CnpgRestore.Tests.Manifests;
using CnpgRestore.Yaml;

namespace CnpgRestore.Tests.Yaml;

public sealed class YamlTextTests
{
    public static TheoryData<string> Names => GoldenManifest.Edited;

    [Fact]
    public void Every_node_knows_its_stretch_of_the_text()
    {
        const string Source = "\uFEFFa: &x  foo bar # c\r\nb: *x\r\nc:\r\n  - 1\r\n  - k: |\r\n      t\r\n\r\nd:\r\ne: 'q\r\n   r'\r\nf: {g: [h, i], j: \"é😀\"}\r\n";
        var text = YamlText.Parse(Source, "input.yaml");
        var root = Assert.IsType<YamlMapping>(Assert.Single(text.Documents).Root);
        string[] stretches = ["&x  foo bar", "*x", "- 1\r\n  - k: |\r\n      t", "", "'q\r\n   r'", "{g: [h, i], j: \"é😀\"}"];
        Assert.Equal(stretches, root.Entries.Select(entry => Source[entry.Value.Start..entry.Value.End]));
        Assert.Equal("[h, i]", Source[root.Find("f", "g")!.Start..root.Find("f", "g")!.End]);
        Assert.Equal("x", root.Find("a")!.Anchor);
        Assert.Same(root.Find("a"), root.Find("b")!.Resolved);
        Assert.Equal("\r\n", text.NewLine);
        Assert.Equal(5, text.LineNumber(root.Find("c", "1", "k")!.Start));
    }

    [Fact]
    public void Merge_keys_give_way_to_explicit_ones_wherever_they_stand()
    {
        var text = YamlText.Parse("a: &a {x: 1, y: 2}\nb: &b {x: 3, z: 4}\nc: {x: 9, <<: *a}\nd: {<<: [*a, *b], y: 8}\n", "input.yaml");
        var json = YamlMeaning.ToJson(text.Documents[0].Root)!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"x": 9, "y": 2}"""), json["c"]));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"x": 1, "z": 4, "y": 8}"""), json["d"]));
        Assert.Equal("9", ((YamlScalar)text.Documents[0].Root.Find("c", "x")!).Value);
        Assert.Equal("4", ((YamlScalar)text.Documents[0].Root.Find("d", "z")!).Value);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Another_reader_reads_the_same(string name)
    {
        var input = new GoldenManifest(name).Input;
        var ours = YamlText.Parse(input, name).Documents.Select(document => AllText(YamlMeaning.ToJson(document.Root)));
        Assert.All(ours.Zip(OtherReader.Read(input)), pair => Assert.Empty(YamlMeaning.Differences(pair.First, pair.Second)));
    }

    [Fact]
    public void The_same_key_twice_is_refused_with_its_line()
    {
        var problem = Assert.Throws<RestoreException>(() => YamlText.Parse("a: 1\nb: 2\na: 3\n", "input.yaml")).Problem;
        Assert.Equal(ProblemCode.Refused, problem.Code);
        Assert.Equal("input.yaml is not valid YAML at line 3, column 1", problem.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n---\n")]
    public void A_file_may_hold_nothing(string text) => Assert.Empty(YamlText.Parse(text, "input.yaml").Documents);

    [Fact]
    public void An_alias_of_a_mapping_that_holds_it_is_refused()
    {
        var text = YamlText.Parse("a: &a\n  b: *a\n", "input.yaml");
        Assert.Throws<RestoreException>(() => AnchorEdit.RequireResolved(text));
    }

    [Theory]
    [InlineData("spec: {\nname: x\n")]
    [InlineData("clusters: [{name: test, cluster: {server: https://127.0.0.1:1\nusers: [{name: test}]\n")]
    [InlineData("- {\nl")]
    [InlineData(": a\n:\n e: {: {}\nc")]
    public void A_bracket_that_is_not_closed_is_refused(string text) =>
        Assert.Equal(ProblemCode.Refused, Assert.Throws<RestoreException>(() => YamlText.Parse(text, "input.yaml")).Problem.Code);

    [Theory]
    [InlineData(100_000, "[")]
    [InlineData(100_000, "{a: ")]
    [InlineData(100_000, "- ")]
    public void What_nests_too_deeply_is_refused(int times, string text) =>
        Assert.Contains("nests too deeply", Assert.Throws<RestoreException>(() => YamlText.Parse(string.Concat(Enumerable.Repeat(text, times)), "input.yaml")).Problem.Detail, StringComparison.Ordinal);

    [Fact]
    public void Aliases_that_multiply_are_refused()
    {
        var lines = Enumerable.Range(1, 20).Select(level => $"a{level}: &a{level} [*a{level - 1}, *a{level - 1}, *a{level - 1}]\n");
        var problem = Assert.Throws<RestoreException>(() => YamlText.Parse($"a0: &a0 x\n{string.Concat(lines)}", "input.yaml")).Problem;
        Assert.Contains("aliases multiply", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_JSON_does_not_have_stays_its_text() =>
        Assert.Equal("""{"a":"1e999","b":1000}""", YamlMeaning.ToJson(YamlText.Parse("a: 1e999\nb: 1e3\n", "input.yaml").Documents[0].Root)!.ToJsonString());

    [Fact]
    public void Offsets_lines_and_columns_agree()
    {
        var text = YamlText.Parse("\uFEFFa:  \n  # x\n\n  b\n", "four.yaml");
        Assert.Equal("four.yaml", text.Name);
        Assert.Equal([(1, 6), (6, 12), (12, 13), (13, 17)], text.Lines(0, text.Text.Length));
        Assert.Equal([(6, 12), (12, 13)], text.Lines(8, 13));
        Assert.Equal([(6, 12)], text.Lines(8, 12));
        Assert.Equal((1, 1, 6, 0), (text.LineNumber(1), text.LineStart(3), text.LineEnd(3), text.Column(1)));
        Assert.Equal((2, 6, 12, 3), (text.LineNumber(9), text.LineStart(9), text.LineEnd(9), text.Column(9)));
        // The line break belongs to the line that it ends.
        Assert.Equal((1, 1, 6), (text.LineNumber(5), text.LineStart(5), text.LineEnd(5)));
        Assert.Equal((15, 15), (text.FirstOnLine(13), text.FirstOnLine(16)));
        Assert.Equal([true, true, true, false], new[] { 13, 14, 15, 16 }.Select(text.IsFirstOnLine));
        Assert.Equal(17, text.LineEnd(17));
    }

    [Theory]
    [InlineData("a: 1\r\nb: 2\n", "\r\n")]
    [InlineData("a: 1\nb: 2\r\n", "\n")]
    [InlineData("a: 1", "\n")]
    [InlineData("\na: 1\r\n", "\n")]
    public void The_first_line_says_how_lines_end(string source, string expected) => Assert.Equal(expected, YamlText.Parse(source, "input.yaml").NewLine);

    [Fact]
    public void An_offset_lies_in_the_document_that_it_is_written_in()
    {
        const string Source = "# first\na: 1\n---\n# second\nb: 2\n---\n---\nc: 3\n# last\n";
        var text = YamlText.Parse(Source, "input.yaml");
        Assert.Equal(["a", "b", "c"], text.Documents.Select(document => ((YamlMapping)document.Root).Entries[0].Name));
        Assert.Equal(0, text.Documents[0].Start);
        foreach (var (sign, index) in new[] { ("# first", 0), ("a:", 0), ("# second", 1), ("b:", 1), ("c:", 2), ("# last", 2) })
        {
            Assert.Same(text.Documents[index], text.DocumentOf(Source.IndexOf(sign, StringComparison.Ordinal)));
        }

        // Where one ends the next begins.
        Assert.Same(text.Documents[1], text.DocumentOf(text.Documents[0].End));
        Assert.Same(text.Documents[2], text.DocumentOf(Source.Length));
    }

    [Theory]
    [InlineData("a:\n  b: 1\n", 2, 2)]
    [InlineData("a:\n    b: 1\n    c:\n    - d\n", 4, 0)]
    [InlineData("a:\n    b: 1\n    c:\n        - d\n", 4, 4)]
    [InlineData("a:\n    b: 1\n", 4, 4)]
    [InlineData("a:\n  - d\n", 2, 2)]
    [InlineData("a:\n- d\n", 2, 0)]
    [InlineData("a: 1\n", 2, 2)]
    [InlineData("a: {b: 1}\nc: [d]\ne:\n   f: 1\n", 3, 3)]
    // The first sequence with an anchor begins with it, on the line of its key.
    [InlineData("a:\n   b: 1\nc: &c\n- d\ne:\n- f\n", 3, 0)]
    public void Added_lines_are_indented_like_those_around_them(string source, int step, int sequence)
    {
        var text = YamlText.Parse(source, "input.yaml");
        Assert.Equal(new YamlLayout(step, sequence, "\n"), YamlLayout.Of(text, text.Documents[0]));
    }

    [Fact]
    public void All_nodes_are_walked_in_the_order_of_the_text()
    {
        var text = YamlText.Parse("a: &x [1, {b: 2}]\nc: *x\n", "input.yaml");
        var walked = text.Documents[0].Root.Walk().ToList();
        Assert.Equal(["a", "1", "b", "2", "c"], walked.OfType<YamlScalar>().Select(scalar => scalar.Value));
        Assert.Equal(walked.OrderBy(node => node.Start).Select(node => node.Start), walked.Select(node => node.Start));
    }

    [Theory]
    [InlineData("a: 1", YamlStyle.Plain, null)]
    [InlineData("a: '1'", YamlStyle.SingleQuoted, null)]
    [InlineData("a: \"1\"", YamlStyle.DoubleQuoted, null)]
    [InlineData("a: |\n  1", YamlStyle.Block, null)]
    [InlineData("a: >-\n  1", YamlStyle.Block, null)]
    [InlineData("a: !!str 1", YamlStyle.Plain, "tag:yaml.org,2002:str")]
    [InlineData("a: ! 1", YamlStyle.Plain, null)]
    public void A_scalar_knows_how_it_is_written(string source, YamlStyle style, string? tag)
    {
        var scalar = Assert.IsType<YamlScalar>(YamlText.Parse(source, "input.yaml").Documents[0].Root.Find("a"));
        Assert.Equal((style, tag, "1"), (scalar.Style, scalar.Tag, scalar.Value.TrimEnd('\n')));
    }

    // The other reader takes every scalar for a string.
    private static JsonNode? AllText(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, AllText(entry.Value)))),
        JsonArray items => new JsonArray([.. items.Select(AllText)]),
        JsonValue value when value.GetValueKind() != System.Text.Json.JsonValueKind.String => JsonValue.Create(value.ToJsonString()),
        _ => node?.DeepClone(),
    };
}
