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
    [InlineData("# recovery:\n#   source: a\n\n#   and this is prose\n", 0, "recovery:\n  source: a\n\n#   and this is prose\n")]
    [InlineData("  # recovery:\n# why\n  #   source: a\n", 2, "  recovery:\n# why\n    source: a\n")]
    [InlineData("#         recovery:\n#           source: a\n", 2, "  recovery:\n    source: a\n")]
    [InlineData("#    recovery:\n# # why\n#      source: a\n", 0, "recovery:\n# why\n  source: a\n")]
    [InlineData("# recovery: {source: a}\n# more\n", 2, "  recovery: {source: a}\n# more\n")]
    public void A_commented_block_is_found_however_people_write_it(string text, int column, string expected)
    {
        var yaml = YamlText.Parse(text, "input.yaml");
        var block = Assert.Single(CommentedBlock.FindAll(yaml, 0, text.Length, "recovery"));
        Assert.Equal(expected, YamlSplice.Apply(text, block.Uncomment(column)));
    }

    [Fact]
    public void An_item_of_prose_is_no_block()
    {
        const string Source = "a:\n- n: x\n# - see the wiki\n# - n: y\n";
        var block = Assert.Single(CommentedBlock.FindAll(YamlText.Parse(Source, "input.yaml"), 0, Source.Length, "-"));
        Assert.Equal(Source.IndexOf("# - n", StringComparison.Ordinal), block.Start);
        Assert.Equal(Source.Length, block.End);
    }

    [Theory]
    [InlineData("# recovery: see the wiki\n")]
    [InlineData("# 2. `recovery:` restores\n")]
    [InlineData("a: |\n  # recovery:\n  #   source: a\n")]
    [InlineData("# recovery-old:\n#   source: a\n")]
    public void A_sentence_or_the_content_of_a_scalar_is_no_block(string text) =>
        Assert.Empty(CommentedBlock.FindAll(YamlText.Parse(text, "input.yaml"), 0, text.Length, "recovery"));

    [Theory]
    [InlineData("a:\n  b:\n    c: 1\n  d: 2\n", "a:\n  # b:\n  #   c: 1\n  d: 2\n")]
    // Comments that are indented as part of it go with it, blank lines stay blank.
    [InlineData("a:\n  b:\n    c: 1\n\n    # of c\n\n  # of d\n  d: 2\n", "a:\n  # b:\n  #   c: 1\n\n  #   # of c\n\n  # of d\n  d: 2\n")]
    [InlineData("a:\n  b:\n  - c\n  # of d\n  d: 2\n", "a:\n  # b:\n  # - c\n  # of d\n  d: 2\n")]
    // A comment further left within the block is no part of it.
    [InlineData("a:\n  b:\n# left\n    c: 1\n  d: 2\n", "a:\n  # b:\n# left\n  #   c: 1\n  d: 2\n")]
    [InlineData("a:\n  b: |\n    # text\n    t\n  d: 2\n", "a:\n  # b: |\n  #   # text\n  #   t\n  d: 2\n")]
    [InlineData("a:\r\n  d: 2\r\n  b: 1", "a:\r\n  d: 2\r\n  # b: 1")]
    public void An_entry_becomes_a_comment_with_its_lines(string source, string expected)
    {
        var text = YamlText.Parse(source, "input.yaml");
        Assert.Equal(expected, CommentEdit.CommentOut(text, EntryAt(text.Documents[0].Root, ["a", "b"])).Text);
    }

    [Theory]
    [InlineData("a:\n  b:\n    c: 1\n    # of c\n  d: 2\n", "a:\n  # b:\n  #   c: 1\n  #   # of c\n  b:\n    k: v\n  d: 2\n")]
    [InlineData("a:\n    b:\n        c: 1\n---\nd:\n  e: 1\n", "a:\n    # b:\n    #     c: 1\n    b:\n        k: v\n---\nd:\n  e: 1\n")]
    [InlineData("a:\n  b: 1", "a:\n  # b: 1\n  b:\n    k: v")]
    public void Another_value_stands_below_what_became_a_comment(string source, string expected)
    {
        var text = YamlText.Parse(source, "input.yaml");
        Assert.Equal(expected, CommentEdit.CommentOut(text, EntryAt(text.Documents[0].Root, ["a", "b"]), new YamlContent.Map(("k", new YamlContent.Text("v")))).Text);
    }

    [Theory]
    [InlineData("a:\n  b: 1\n", true)]
    [InlineData("a:\n  b: 1 # why\n", true)]
    [InlineData("a:\n  b: {c: 1}\n", true)]
    [InlineData("a: {b: 1}\n", false)]
    [InlineData("a: {\n  b: 1\n}\n", false)]
    public void Only_what_has_its_lines_to_itself_can_become_a_comment(string source, bool can)
    {
        var text = YamlText.Parse(source, "input.yaml");
        var mapping = (YamlMapping)text.Documents[0].Root.Find("a")!;
        Assert.Equal(can, CommentEdit.CanCommentOut(text, mapping, mapping.OwnEntry("b")!));
    }

    [Fact]
    public void What_stands_behind_a_dash_cannot_become_a_comment()
    {
        var text = YamlText.Parse("a:\n- b: 1\n  c: 2\n", "input.yaml");
        var mapping = (YamlMapping)text.Documents[0].Root.Find("a", "0")!;
        Assert.False(CommentEdit.CanCommentOut(text, mapping, mapping.OwnEntry("b")!));
        Assert.True(CommentEdit.CanCommentOut(text, mapping, mapping.OwnEntry("c")!));
    }

    [Theory]
    [InlineData("a:\n  x: 1\n  # b:\n  #   c: 1\nd: 2\n", "a:\n  x: 1\n  b:\n    c: 1\nd: 2\n")]
    [InlineData("a:\n  x: 1\n# b:\n#   c: 1\nd: 2\n", "a:\n  x: 1\n  b:\n    c: 1\nd: 2\n")]
    [InlineData("a:\n  x: 1\n#  b:\n#    c: 1\n#    # why\n#    e: 1\nd: 2\n", "a:\n  x: 1\n  b:\n    c: 1\n    # why\n    e: 1\nd: 2\n")]
    // Under a key without a value: deeper than it, in its own column if that is.
    [InlineData("a:\n  # b:\n  #   c: 1\n", "a:\n  b:\n    c: 1\n")]
    [InlineData("a:\n# b:\n#   c: 1\nd:\n    e: 1\n", "a:\n    b:\n      c: 1\nd:\n    e: 1\n")]
    [InlineData("a:\n      # b:\n      #   c: 1\n", "a:\n      b:\n        c: 1\n")]
    // A comment sign alone is an empty line of the block, and becomes one.
    [InlineData("a:\n  x: 1\n  # b:\n  #   c: 1\n  #\n  #   e: 1\nd: 2\n", "a:\n  x: 1\n  b:\n    c: 1\n\n    e: 1\nd: 2\n")]
    [InlineData("a:\n  x: 1\n  #b:\n  #  c: 1\n  #\n  #  e: 1\nd: 2\n", "a:\n  x: 1\n  b:\n    c: 1\n\n    e: 1\nd: 2\n")]
    [InlineData("a:\r\n  x: 1\r\n  # b:\r\n  #   c: 1\r\n  #\r\n  #   e: 1\r\n", "a:\r\n  x: 1\r\n  b:\r\n    c: 1\r\n\r\n    e: 1\r\n")]
    [InlineData("a:\n  x: 1\n  # b:\n  #\n  #   c: 1\n  #\n", "a:\n  x: 1\n  b:\n\n    c: 1\n  #\n")]
    // What a merge key gives is another value of the same place.
    [InlineData("x: &x {b: {c: 1}}\na:\n  <<: *x\n  # b:\n  #   c: 2\n", "x: &x {b: {c: 1}}\na:\n  <<: *x\n  b:\n    c: 2\n")]
    [InlineData("x: &x {b: [1]}\na:\n  <<: *x\n  # b:\n  #   - 2\n", "x: &x {b: [1]}\na:\n  <<: *x\n  b:\n    - 2\n")]
    // Items may stand in the column of their key.
    [InlineData("a:\n  x: 1\n  # b:\n  # - c\n  # - d\n", "a:\n  x: 1\n  b:\n  - c\n  - d\n")]
    [InlineData("a:\r\n  x: 1\r\n  # b:\r\n  #   c: 1\r\n", "a:\r\n  x: 1\r\n  b:\r\n    c: 1\r\n")]
    public void A_commented_entry_comes_back_where_it_belongs(string source, string expected) =>
        Assert.Equal([expected], CommentEdit.Activate(YamlText.Parse(source, "input.yaml"), 0, ["a", "b"]).Select(text => text.Text));

    [Theory]
    // It would be an entry of the other mapping.
    [InlineData("a:\n  x: 1\nd:\n  y: 1\n  # b:\n  #   c: 1\n")]
    // It stands there already.
    [InlineData("a:\n  b:\n    c: 2\n  # b:\n  #   c: 1\n")]
    [InlineData("a: {x: 1}\n# b:\n#   c: 1\n")]
    [InlineData("a: text\n# b:\n#   c: 1\n")]
    [InlineData("# a:\n#   b:\n#     c: 1\nd: 1\n")]
    [InlineData("a:\n  x: 1\n  # bb:\n  #   c: 1\n  # bu: {}\n")]
    // With an anchor that gives an alias elsewhere another meaning.
    [InlineData("a:\n  x: 1\n  # b: &n {c: 1}\nd: *n\n")]
    [InlineData("a:\n  # b: &n {c: 1}\n  bb: *n\n")]
    [InlineData("# ab:\nab:\n  x: 1\na:\n  # b: &n {c: 1}\n  x: 1\nab2: *n\n")]
    // In another document.
    [InlineData("a:\n  x: 1\n---\na:\n  y: 1\n  # b:\n  #   c: 1\n")]
    public void A_commented_entry_that_belongs_elsewhere_stays_a_comment(string source) =>
        Assert.Empty(CommentEdit.Activate(YamlText.Parse(source, "input.yaml"), 0, ["a", "b"]));

    [Fact]
    public void Of_several_commented_entries_each_is_offered()
    {
        var text = YamlText.Parse("a:\n  x: 1\n  # b:\n  #   c: 1\n  # b:\n  #   c: 2\n", "input.yaml");
        Assert.Equal(
            ["a:\n  x: 1\n  b:\n    c: 1\n  # b:\n  #   c: 2\n", "a:\n  x: 1\n  # b:\n  #   c: 1\n  b:\n    c: 2\n"],
            CommentEdit.Activate(text, 0, ["a", "b"]).Select(after => after.Text));
    }

    [Fact]
    public void The_key_alone_comes_back()
    {
        var text = YamlText.Parse("a:\n  x: 1\n  # b:\n  #   c: 1\n", "input.yaml");
        Assert.Equal(["a:\n  x: 1\n  b:\n  #   c: 1\n"], CommentEdit.Activate(text, 0, ["a", "b"], headOnly: true).Select(after => after.Text));
    }

    [Theory]
    [InlineData("a:\n- n: x\n# - n: y\n#   z: 1\nb: 1\n", "a:\n- n: x\n- n: y\n  z: 1\nb: 1\n")]
    [InlineData("a:\n  - n: x\n  # - n: w\n  # - n: y\n", "a:\n  - n: x\n  # - n: w\n  - n: y\n")]
    [InlineData("a:\n  # - n: y\n  - n: x\n", "a:\n  - n: y\n  - n: x\n")]
    [InlineData("a:\n  - n: x\n  # - n: w\n", null)]
    [InlineData("a:\n  - n: x\nc:\n  - n: v\n  # - n: y\n", null)]
    [InlineData("a: [{n: x}]\n# - n: y\n", null)]
    [InlineData("a: text\n# - n: y\n", null)]
    [InlineData("c: 1\n# - n: y\n", null)]
    public void A_commented_item_comes_back_when_it_is_the_wanted_one(string source, string? expected) =>
        Assert.Equal(expected, CommentEdit.ActivateItem(YamlText.Parse(source, "input.yaml"), 0, ["a"], item => item.Find("n") is YamlScalar { Value: "y" })?.Text);

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
