namespace CnpgRestore.Yaml;

/// <summary>Changes of single nodes. Each returns the whole text, parsed again; nothing outside the named node moves.</summary>
public static class YamlEdit
{
    /// <summary>Gives a scalar another value; its quotes, anchor and comments stay. A plain scalar is quoted where the value needs it.</summary>
    public static YamlText SetScalar(YamlText text, YamlScalar scalar, string value)
    {
        var source = scalar.Style switch
        {
            YamlStyle.SingleQuoted when !value.Contains('\n', StringComparison.Ordinal) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'",
            YamlStyle.Plain => YamlContent.ToScalar(value),
            _ => YamlContent.Quote(value),
        };
        return Replace(text, scalar, source);
    }

    /// <summary>Puts text in the place of a node; its anchor stays.</summary>
    public static YamlText Replace(YamlText text, YamlNode node, string source)
    {
        var start = YamlProperties.ContentStart(node, text.Text);
        // The value of 'key:' is empty and begins right behind the colon, that of 'key: &anchor' right behind the anchor.
        var isJoined = start > 0 && text.Text[start - 1] == ':';
        var blank = isJoined || (start == node.End && start > node.Start) ? " " : "";
        return text.With(new YamlSplice(start, node.End - start, blank + source));
    }

    /// <summary>Adds an entry at the end of a mapping, in the mapping's own style.</summary>
    public static YamlText AddEntry(YamlText text, YamlMapping mapping, string key, YamlContent value)
    {
        if (mapping.IsFlow)
        {
            var json = IsJson(text, mapping);
            var source = $"{YamlContent.ToKey(key, json)}: {value.ToFlow(json)}";
            return text.With(mapping.Entries is [.., var last]
                ? YamlSplice.Insert(last.Value.End, Comma(text, last) + source)
                : YamlSplice.Insert(mapping.End - 1, source));
        }

        var column = text.Column(mapping.Entries[0].Key.Start);
        return InsertLines(text, CommentEdit.BlockEnd(text, mapping.Entries[^1]), value.ToEntry(key, column, LayoutAt(text, mapping)));
    }

    /// <summary>Gives a key without a value (<c>bootstrap:</c>) its first entry.</summary>
    public static YamlText AddFirstEntry(YamlText text, YamlEntry empty, string key, YamlContent value)
    {
        var layout = LayoutAt(text, empty.Key);
        return InsertLines(text, text.LineEnd(empty.Value.End), value.ToEntry(key, text.Column(empty.Key.Start) + layout.Step, layout));
    }

    /// <summary>Adds an item at the end of a sequence, in the sequence's own style.</summary>
    public static YamlText AddItem(YamlText text, YamlSequence sequence, YamlContent item)
    {
        if (sequence.IsFlow)
        {
            var offset = sequence.Items is [.., var last] ? last.End : sequence.End - 1;
            return text.With(YamlSplice.Insert(offset, (sequence.Items.Count > 0 ? ", " : "") + item.ToFlow(IsJson(text, sequence))));
        }

        var dash = YamlProperties.ContentStart(sequence, text.Text);
        return InsertLines(text, text.LineEnd(sequence.End), item.ToItem(text.Column(dash), LayoutAt(text, sequence)));
    }

    /// <summary>Takes an entry out of a flow mapping, with one comma.</summary>
    public static YamlText RemoveFlowEntry(YamlText text, YamlMapping mapping, YamlEntry entry)
    {
        var index = mapping.Entries.IndexOf(entry);
        var (from, to) = index > 0 ? (mapping.Entries[index - 1].Value.End, entry.Value.End)
            : mapping.Entries.Count > 1 ? (entry.Key.Start, mapping.Entries[1].Key.Start)
            : (entry.Key.Start, entry.Value.End);
        return text.With(new YamlSplice(from, to - from, ""));
    }

    /// <summary>Gives <c>key: *alias</c> an entry of its own: the alias becomes the <c>&lt;&lt;</c> of a mapping.</summary>
    public static YamlText AddToAlias(YamlText text, YamlEntry entry, YamlAlias alias, string key, YamlContent value)
    {
        var content = new YamlContent.Map(("<<", new YamlContent.Literal($"*{alias.Name}")), (key, value));
        if (!text.IsFirstOnLine(entry.Key.Start))
        {
            return text.With(YamlSplice.Replace(alias, content.ToFlow()));
        }

        var layout = LayoutAt(text, alias);
        var column = text.Column(entry.Key.Start) + layout.Step;
        var lines = string.Concat(content.Entries.Select(inner => inner.Value.ToEntry(inner.Key, column, layout)));
        return text.With(new YamlSplice(alias.Start - 1, alias.End - alias.Start + 1, ""), Lines(text, text.LineEnd(alias.Start), lines));
    }

    /// <summary>Adds whole lines at the start of a line, or at the end of the text.</summary>
    internal static YamlSplice Lines(YamlText text, int offset, string lines)
    {
        var unfinished = offset == text.Text.Length && !text.Text.EndsWith('\n');
        return YamlSplice.Insert(offset, unfinished ? text.NewLine + lines.TrimEnd('\r', '\n') : lines);
    }

    private static YamlText InsertLines(YamlText text, int offset, string lines) => text.With(Lines(text, offset, lines));

    // Where each entry has a line of its own, the next one gets one too.
    private static string Comma(YamlText text, YamlEntry last) =>
        text.IsFirstOnLine(last.Key.Start) ? $",{text.NewLine}{new string(' ', text.Column(last.Key.Start))}" : ", ";

    // A file that was JSON stays JSON.
    private static bool IsJson(YamlText text, YamlNode node) =>
        text.DocumentOf(node.Start).Root is YamlMapping { IsFlow: true, Entries: [{ Key: YamlScalar { Style: YamlStyle.DoubleQuoted } }, ..] };

    private static YamlLayout LayoutAt(YamlText text, YamlNode node) => YamlLayout.Of(text, text.DocumentOf(node.Start));
}
