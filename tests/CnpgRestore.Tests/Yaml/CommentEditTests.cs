using CnpgRestore.Tests.Manifests;
using CnpgRestore.Yaml;
using CsCheck;

namespace CnpgRestore.Tests.Yaml;

public sealed class CommentEditTests
{
    // Every entry of every manifest that stands on lines of its own.
    private static readonly (YamlText Text, int Document, string[] Path)[] Entries = [.. GoldenManifest.Edited
        .SelectMany(row => new[] { new GoldenManifest(row.Data).Input, new GoldenManifest(row.Data).Find("expected.yaml")! })
        .Select(input => YamlText.Parse(input, "input.yaml"))
        .SelectMany(text => text.Documents.SelectMany((document, index) => Paths(document.Root, [])
            .Where(path => CommentEdit.CanCommentOut(text, ParentAt(document.Root, path), EntryAt(document.Root, path)) && IsBlock(EntryAt(document.Root, path).Value))
            .Where(path => !IsFollowedByItsOwnKind(text, EntryAt(document.Root, path)))
            .Select(path => (text, index, path))))];

    [Fact]
    public void Commenting_out_and_back_is_its_own_inverse() => Gen.OneOf(Entries).Sample((text, document, path) =>
    {
        var entry = EntryAt(text.Documents[document].Root, path);
        var silent = CommentEdit.CommentOut(text, entry);
        var column = text.Column(entry.Key.Start);
        var block = CommentedBlock.FindAll(silent, text.LineStart(entry.Key.Start), silent.Text.Length, entry.Name!).FirstOrDefault();
        Assert.True(block is not null, silent.Text);
        Assert.Equal(column, block.Column);
        Assert.Equal(text.Text, YamlSplice.Apply(silent.Text, block.Uncomment(block.Column)));
    }, iter: 500);

    [Fact]
    public void Commenting_out_takes_the_entry_away_and_nothing_else() => Gen.OneOf(Entries).Sample((text, document, path) =>
    {
        var silent = CommentEdit.CommentOut(text, EntryAt(text.Documents[document].Root, path));
        if (silent.Documents.Count != text.Documents.Count)
        {
            return;
        }

        // What hangs on an anchor around the entry or inside it differs too: that is left to AnchorEdit.
        if (text.Documents[document].Root.Walk().Any(node => node.Anchor is not null))
        {
            return;
        }

        Assert.Null(silent.Documents[document].Root.Find(path));
        Assert.All(
            YamlMeaning.Differences(YamlMeaning.ToJson(text.Documents[document].Root), YamlMeaning.ToJson(silent.Documents[document].Root)),
            difference => Assert.StartsWith(string.Join('.', path[..^1]), difference.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal), StringComparison.Ordinal));
    }, iter: 300);

    [Theory]
    [InlineData("# recovery:\n#   source: a\n", 0, "recovery:\n  source: a\n")]
    [InlineData("    #recovery:\n    #  source: a\n", 4, "    recovery:\n      source: a\n")]
    [InlineData("#     recovery:\n#       source: a\n", 4, "    recovery:\n      source: a\n")]
    [InlineData("  # recovery:\n  #   source: a\n\n  #   # why\n  #   owner: b\n  # prose\n", 2, "  recovery:\n    source: a\n\n    # why\n    owner: b\n  # prose\n")]
    [InlineData("# recovery:\n#   source: a\n#   and this is prose\n", 0, "recovery:\n  source: a\n#   and this is prose\n")]
    [InlineData("# recovery: {source: a}\n# more\n", 2, "  recovery: {source: a}\n# more\n")]
    public void A_commented_block_is_found_however_people_write_it(string text, int column, string expected)
    {
        var yaml = YamlText.Parse(text, "input.yaml");
        var block = Assert.Single(CommentedBlock.FindAll(yaml, 0, text.Length, "recovery"));
        Assert.Equal(expected, YamlSplice.Apply(text, block.Uncomment(column)));
    }

    [Theory]
    [InlineData("# recovery: see the wiki\n")]
    [InlineData("# 2. `recovery:` restores\n")]
    [InlineData("a: |\n  # recovery:\n  #   source: a\n")]
    [InlineData("# recovery-old:\n#   source: a\n")]
    public void A_sentence_or_the_content_of_a_scalar_is_no_block(string text) =>
        Assert.Empty(CommentedBlock.FindAll(YamlText.Parse(text, "input.yaml"), 0, text.Length, "recovery"));

    // A scalar in a comment cannot be told from a sentence: 'image: postgres' is no block.
    private static bool IsBlock(YamlNode value) => value is not YamlScalar and not YamlAlias;

    // Directly behind the entry a comment with the sign in the key's column and deeper text: together they look like one commented block.
    private static bool IsFollowedByItsOwnKind(YamlText text, YamlEntry entry)
    {
        var end = CommentEdit.BlockEnd(text, entry);
        var next = CommentLine.Read(text, end, text.Text.Length).FirstOrDefault(line => line.Start >= end && line.Kind != CommentLineKind.Blank);
        return next.Kind == CommentLineKind.Comment && next.Hash - next.Start == text.Column(entry.Key.Start) && next.Column(2) > next.Hash - next.Start;
    }

    private static YamlEntry EntryAt(YamlNode root, string[] path) => ParentAt(root, path).OwnEntry(path[^1])!;

    private static YamlMapping ParentAt(YamlNode root, string[] path) => (YamlMapping)root.Find(path.AsSpan()[..^1])!;

    private static IEnumerable<string[]> Paths(YamlNode node, string[] path) => node switch
    {
        YamlMapping mapping => mapping.Entries.Where(entry => entry is { IsMerge: false, Name: not null })
            .SelectMany(entry => Paths(entry.Value, [.. path, entry.Name!]).Prepend([.. path, entry.Name!])),
        YamlSequence sequence => sequence.Items.SelectMany((item, index) => Paths(item, [.. path, $"{index}"])),
        _ => [],
    };
}
