using CnpgRestore.Tests.Manifests;
using CnpgRestore.Yaml;
using CsCheck;

namespace CnpgRestore.Tests.Yaml;

public sealed class YamlEditTests
{
    private static readonly YamlText[] Texts = [.. GoldenManifest.Edited.Select(row => YamlText.Parse(new GoldenManifest(row.Data).Input, "input.yaml"))];

    private static readonly (YamlText Text, YamlScalar Scalar)[] Scalars = [.. Texts
        .SelectMany(text => text.Documents.SelectMany(document => document.Root.Walk()).OfType<YamlMapping>().SelectMany(mapping => mapping.Entries)
            .Where(entry => !entry.IsMerge).Select(entry => entry.Value).OfType<YamlScalar>()
            .Where(scalar => scalar.Style != YamlStyle.Block).Select(scalar => (text, scalar)))];

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Char[" abz09-_.:/#&*!|>'\"%@`{}[],?~\t\n\\éß"].Array[0, 12].Select(letters => new string(letters)),
        Gen.OneOf("", "~", "null", "true", "No", "on", "1", "-1.5e3", "0o7", "2026-03-01", "16/B374D848", "<<", "---", "...", "- a", "a: b", " a", "a "));

    [Fact]
    public void A_scalar_says_any_text_and_nothing_around_it_moves() => Gen.Select(Gen.OneOf(Scalars), AnyText).Sample((place, value) =>
    {
        var (text, scalar) = place;
        var after = YamlEdit.SetScalar(text, scalar, value);
        var start = YamlProperties.ContentStart(scalar, text.Text);
        Assert.StartsWith(text.Text[..start], after.Text, StringComparison.Ordinal);
        Assert.EndsWith(text.Text[scalar.End..], after.Text, StringComparison.Ordinal);
        var now = after.Documents.SelectMany(document => document.Root.Walk()).OfType<YamlScalar>().Last(node => node.Start <= scalar.Start + 1);
        Assert.Equal(value, now.Value);
        Assert.Equal(scalar.Anchor, now.Anchor);
        // A string, whatever it looks like.
        Assert.Equal(value, YamlMeaning.ToJson(now)!.GetValue<string>());
    }, iter: 1000);

    [Fact]
    public void An_added_entry_is_an_insertion_and_is_read_back() => Gen.Select(Gen.OneOf(Texts), AnyText, Gen.Int[0, 1000]).Sample((text, value, pick) =>
    {
        var mappings = text.Documents.SelectMany(document => document.Root.Walk()).OfType<YamlMapping>().Where(mapping => mapping.Entries.Count > 0).ToList();
        var mapping = mappings[pick % mappings.Count];
        var content = new YamlContent.Map(("k", new YamlContent.Text(value)), ("l", new YamlContent.Items(new YamlContent.Text(value), new YamlContent.Map(("m", new YamlContent.Literal("true"))))));
        var after = YamlEdit.AddEntry(text, mapping, "added", content);
        AssertInsertion(text.Text, after.Text);
        var added = after.Documents.SelectMany(document => document.Root.Walk()).OfType<YamlMapping>().Single(found => found.OwnEntry("added") is not null);
        var json = YamlMeaning.ToJson(added.OwnEntry("added")!.Value)!;
        Assert.Equal(value, json["k"]!.GetValue<string>());
        Assert.Equal(value, json["l"]![0]!.GetValue<string>());
        Assert.True(json["l"]![1]!["m"]!.GetValue<bool>());
        Assert.Equal(mapping.Entries.Count + 1, added.Entries.Count);
    }, iter: 500);

    [Theory]
    // In the mapping's own style, on a line of its own where the others have one.
    [InlineData("a: {}\n", "a", "a: {k: v}\n")]
    [InlineData("a: {b: 1}\n", "a", "a: {b: 1, k: v}\n")]
    [InlineData("a: {\n  b: 1,\n  c: 2\n}\n", "a", "a: {\n  b: 1,\n  c: 2,\n  k: v\n}\n")]
    [InlineData("a: {b: 1,\n  c: 2}\n", "a", "a: {b: 1,\n  c: 2,\n  k: v}\n")]
    [InlineData("{\"a\": {\"b\": 1}}\n", "a", "{\"a\": {\"b\": 1, \"k\": \"v\"}}\n")]
    [InlineData("{a: {\"b\": 1}}\n", "a", "{a: {\"b\": 1, k: v}}\n")]
    [InlineData("a:\n  b: 1\nc: 2\n", "a", "a:\n  b: 1\n  k: v\nc: 2\n")]
    [InlineData("a:\n  b: 1", "a", "a:\n  b: 1\n  k: v")]
    [InlineData("a:\r\n  b: 1\r\n", "a", "a:\r\n  b: 1\r\n  k: v\r\n")]
    // Comments that are indented as part of the last entry stay with it.
    [InlineData("a:\n  b: 1\n    # of b\n  # of a\nc: 2\n", "a", "a:\n  b: 1\n    # of b\n  k: v\n  # of a\nc: 2\n")]
    [InlineData("a:\n- b: 1\n", "a 0", "a:\n- b: 1\n  k: v\n")]
    [InlineData("a: 1\n---\nb:\n    c: 1\n---\nd: 1\n", "b", "a: 1\n---\nb:\n    c: 1\n    k: v\n---\nd: 1\n")]
    public void An_entry_is_added_in_the_style_of_its_mapping(string source, string path, string expected)
    {
        var text = YamlText.Parse(source, "input.yaml");
        var mapping = (YamlMapping)text.Documents.Select(document => document.Root.Find(path.Split(' '))).First(node => node is not null)!;
        Assert.Equal(expected, YamlEdit.AddEntry(text, mapping, "k", new YamlContent.Text("v")).Text);
    }

    [Theory]
    [InlineData("a: # why\nb:\n    c: 1\n", "a: # why\n    k: v\nb:\n    c: 1\n")]
    [InlineData("a:", "a:\n  k: v")]
    [InlineData("a:\n# x\n", "a:\n  k: v\n# x\n")]
    public void A_key_without_a_value_gets_its_first_entry(string source, string expected)
    {
        var text = YamlText.Parse(source, "input.yaml");
        Assert.Equal(expected, YamlEdit.AddFirstEntry(text, ((YamlMapping)text.Documents[0].Root).OwnEntry("a")!, "k", new YamlContent.Text("v")).Text);
    }

    [Theory]
    [InlineData("a: []\n", "a: [v]\n")]
    [InlineData("a: [b]\n", "a: [b, v]\n")]
    [InlineData("{\"a\": [\"b\"]}\n", "{\"a\": [\"b\", \"v\"]}\n")]
    [InlineData("a:\n- b # why\nc: 1\n", "a:\n- b # why\n- v\nc: 1\n")]
    [InlineData("a: &x\n    - b\n", "a: &x\n    - b\n    - v\n")]
    [InlineData("a:\n  - b: 1", "a:\n  - b: 1\n  - v")]
    public void An_item_is_added_in_the_style_of_its_sequence(string source, string expected)
    {
        var text = YamlText.Parse(source, "input.yaml");
        Assert.Equal(expected, YamlEdit.AddItem(text, (YamlSequence)text.Documents[0].Root.Find("a")!, new YamlContent.Text("v")).Text);
    }

    [Theory]
    [InlineData("a: {b: 1, k: 2, c: 3}\n", "a: {b: 1, c: 3}\n")]
    [InlineData("a: {k: 2, c: 3}\n", "a: {c: 3}\n")]
    [InlineData("a: {b: 1, k: 2}\n", "a: {b: 1}\n")]
    [InlineData("a: {k: {l: [m]}}\n", "a: {}\n")]
    public void An_entry_goes_with_one_comma(string source, string expected)
    {
        var text = YamlText.Parse(source, "input.yaml");
        var mapping = (YamlMapping)text.Documents[0].Root.Find("a")!;
        Assert.Equal(expected, YamlEdit.RemoveFlowEntry(text, mapping, mapping.OwnEntry("k")!).Text);
    }

    [Theory]
    [InlineData("a: &x {b: 1}\nc: *x\nd: 1\n", "a: &x {b: 1}\nc:\n  <<: *x\n  k: v\nd: 1\n")]
    [InlineData("a: &x\n    b: 1\nc: *x # why\n", "a: &x\n    b: 1\nc: # why\n    <<: *x\n    k: v\n")]
    [InlineData("a: &x {b: 1}\nc: *x", "a: &x {b: 1}\nc:\n  <<: *x\n  k: v")]
    [InlineData("{a: &x {b: 1}, c: *x }\n", "{a: &x {b: 1}, c: {<<: *x, k: v} }\n")]
    public void An_alias_gets_an_entry_of_its_own(string source, string expected)
    {
        var text = YamlText.Parse(source, "input.yaml");
        var entry = ((YamlMapping)text.Documents[0].Root).OwnEntry("c")!;
        Assert.Equal(expected, YamlEdit.AddToAlias(text, entry, (YamlAlias)entry.Value, "k", new YamlContent.Text("v")).Text);
    }

    [Theory]
    [InlineData("a: b # why\n", "new", "a: new # why\n")]
    [InlineData("a: b\n", "1", "a: \"1\"\n")]
    [InlineData("a: 'b'\n", "it's", "a: 'it''s'\n")]
    [InlineData("a: 'b'\n", "x\ny", "a: \"x\\ny\"\n")]
    [InlineData("a: \"b\"\n", "new", "a: \"new\"\n")]
    [InlineData("a: &x b\n", "new", "a: &x new\n")]
    [InlineData("a: &x !!str  b\n", "new", "a: &x !!str  new\n")]
    [InlineData("a:\n", "new", "a: new\n")]
    [InlineData("a:  # why\n", "new", "a: new  # why\n")]
    [InlineData("a: &x", "new", "a: &x new")]
    [InlineData("a: &x \nb: *x\n", "new", "a: &x new \nb: *x\n")]
    [InlineData("a: !!str\n", "new", "a: !!str new\n")]
    public void A_scalar_keeps_its_quotes_its_anchor_and_its_comment(string source, string value, string expected)
    {
        var text = YamlText.Parse(source, "input.yaml");
        Assert.Equal(expected, YamlEdit.SetScalar(text, (YamlScalar)text.Documents[0].Root.Find("a")!, value).Text);
    }

    [Fact]
    public void A_document_may_be_a_scalar()
    {
        var text = YamlText.Parse("b\n", "input.yaml");
        Assert.Equal("new\n", YamlEdit.SetScalar(text, (YamlScalar)text.Documents[0].Root, "new").Text);
    }

    [Fact]
    public void Splices_are_applied_in_the_order_of_the_text()
    {
        Assert.Equal("xbyz", YamlSplice.Apply("abc", [YamlSplice.Insert(3, "z"), new YamlSplice(2, 1, "y"), new YamlSplice(0, 1, "x")]));
        Assert.Equal("abc", YamlSplice.Apply("abc", []));
        // One may begin where the other ends.
        Assert.Equal("xy", YamlSplice.Apply("abc", [new YamlSplice(0, 2, "x"), new YamlSplice(2, 1, "y")]));
    }

    [Fact]
    public void Splices_that_overlap_are_a_defect() =>
        Assert.Throws<ArgumentException>(() => YamlSplice.Apply("abc", [new YamlSplice(0, 2, "x"), new YamlSplice(1, 1, "y")]));

    private static void AssertInsertion(string before, string after)
    {
        var lead = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.EndsWith(before[lead..], after, StringComparison.Ordinal);
    }
}
