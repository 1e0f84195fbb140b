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

    [Fact]
    public void Splices_that_overlap_are_a_defect() =>
        Assert.Throws<ArgumentException>(() => YamlSplice.Apply("abc", [new YamlSplice(0, 2, "x"), new YamlSplice(1, 1, "y")]));

    private static void AssertInsertion(string before, string after)
    {
        var lead = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.EndsWith(before[lead..], after, StringComparison.Ordinal);
    }
}
