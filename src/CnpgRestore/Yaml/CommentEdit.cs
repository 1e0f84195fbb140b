namespace CnpgRestore.Yaml;

/// <summary>
/// Makes live lines a comment and back. The pair is its own inverse: the sign goes into the column of the block's key, and every line that
/// was changed shows it there.
/// </summary>
public static class CommentEdit
{
    /// <summary>
    /// Whether a node's lines hold nothing else, so that they can become comments: a block entry, not one inside <c>{ }</c> or behind a dash.
    /// </summary>
    public static bool CanCommentOut(YamlText text, YamlMapping mapping, YamlEntry entry) =>
        !mapping.IsFlow && text.IsFirstOnLine(entry.Key.Start) && IsLastOnLine(text, entry.Value.End);

    /// <summary>Comments out an entry, its value, and the comments that are indented as part of it.</summary>
    public static YamlText CommentOut(YamlText text, YamlEntry entry) => text.With(Signs(text, entry));

    /// <summary>Comments out an entry and writes another value for its key below it.</summary>
    public static YamlText CommentOut(YamlText text, YamlEntry entry, YamlContent instead)
    {
        var layout = YamlLayout.Of(text, text.DocumentOf(entry.Key.Start));
        var lines = instead.ToEntry(entry.Name!, text.Column(entry.Key.Start), layout);
        return text.With(Signs(text, entry).Append(YamlEdit.Lines(text, BlockEnd(text, entry), lines)));
    }

    /// <summary>
    /// The texts in which a commented block of this key is live, so that <paramref name="path"/> leads to it and nothing outside that path means
    /// anything else than before; one for each block in the document that does that.
    /// </summary>
    /// <param name="headOnly">Only the line of the key; what is below it stays a comment.</param>
    public static IEnumerable<YamlText> Activate(YamlText text, int document, string[] path, bool headOnly = false)
    {
        var before = text.Documents[document];
        var meaning = YamlMeaning.ToJson(before.Root);
        var place = string.Join('.', path);
        foreach (var found in CommentedBlock.FindAll(text, before.Start, before.End, path[^1]))
        {
            var block = headOnly ? found.HeadOnly : found;
            if (KeyColumn(text, before.Root.Find(path.AsSpan()[..^1]), block) is { } column &&
                YamlText.TryParse(YamlSplice.Apply(text.Text, block.Uncomment(column)), text.Name) is { } after &&
                after.Documents.Count == text.Documents.Count && after.Documents[document].Root.Find(path) is not null &&
                YamlMeaning.Differences(meaning, YamlMeaning.ToJson(after.Documents[document].Root)).All(difference => IsWithin(difference, place)))
            {
                yield return after;
            }
        }
    }

    /// <summary>Makes a commented item of a sequence live when it is the wanted one; null where there is none.</summary>
    public static YamlText? ActivateItem(YamlText text, int document, ReadOnlySpan<string> path, Func<YamlNode, bool> wanted)
    {
        var before = text.Documents[document];
        if (before.Root.Find(path) is not YamlSequence { IsFlow: false } sequence)
        {
            return null;
        }

        var column = text.Column(YamlProperties.ContentStart(sequence, text.Text));
        foreach (var block in CommentedBlock.FindAll(text, before.Start, before.End, "-"))
        {
            if (YamlText.TryParse(YamlSplice.Apply(text.Text, block.Uncomment(column)), text.Name) is { } after &&
                after.Documents.Count == text.Documents.Count &&
                after.Documents[document].Root.Find(path) is YamlSequence items && items.Items.Count == sequence.Items.Count + 1 &&
                items.Items.Exists(item => item.Start == block.Start + column + 2 && wanted(item)))
            {
                return after;
            }
        }

        return null;
    }

    /// <summary>Where the lines of an entry end, trailing comments included that are indented deeper than its key.</summary>
    internal static int BlockEnd(YamlText text, YamlEntry entry)
    {
        var column = text.Column(entry.Key.Start);
        var end = text.LineEnd(entry.Value.End);
        foreach (var line in CommentLine.Read(text, end, text.DocumentOf(entry.Key.Start).End))
        {
            if (line.Start < end || line.Kind == CommentLineKind.Blank)
            {
                continue;
            }

            if (line.Kind == CommentLineKind.Content || line.Hash - line.Start <= column)
            {
                break;
            }

            end = line.End;
        }

        return end;
    }

    private static IEnumerable<YamlSplice> Signs(YamlText text, YamlEntry entry)
    {
        var column = text.Column(entry.Key.Start);
        return CommentLine.Read(text, entry.Key.Start, BlockEnd(text, entry))
            .Where(line => line.Kind != CommentLineKind.Blank && Indent(text, line) >= column)
            .Select(line => YamlSplice.Insert(line.Start + column, "# "));
    }

    private static int? KeyColumn(YamlText text, YamlNode? parent, CommentedBlock block) => parent switch
    {
        YamlMapping { IsFlow: false } mapping => text.Column(mapping.Entries[0].Key.Start),
        // A key without a value: any column deeper than its own, the block's own if it is.
        YamlScalar { Value: "", Style: YamlStyle.Plain } empty =>
            Math.Max(block.Column, text.Column(text.FirstOnLine(empty.Start)) + YamlLayout.Of(text, text.DocumentOf(empty.Start)).Step),
        _ => null,
    };

    private static bool IsWithin(string difference, string place) =>
        difference == place ||
        difference.StartsWith(place + ".", StringComparison.Ordinal) ||
        difference.StartsWith(place + "[", StringComparison.Ordinal) ||
        // A key without a value becomes a mapping: the parent itself is what differs.
        place.StartsWith(difference + ".", StringComparison.Ordinal);

    private static bool IsLastOnLine(YamlText text, int offset)
    {
        var rest = text.Text.AsSpan(offset, text.LineEnd(offset) - offset).Trim();
        return rest.IsEmpty || rest[0] == '#';
    }

    private static int Indent(YamlText text, CommentLine line)
    {
        var source = text.Text.AsSpan(line.Start, line.End - line.Start);
        return source.Length - source.TrimStart(" \t").Length;
    }
}
