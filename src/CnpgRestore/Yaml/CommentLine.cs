namespace CnpgRestore.Yaml;

/// <summary>A line as the search for commented blocks sees it.</summary>
/// <param name="Hash">Offset of the comment sign; the line's start where there is none.</param>
readonly record struct CommentLine(string Text, int Start, int End, int Hash, CommentLineKind Kind)
{
    /// <summary>Nothing behind the comment sign.</summary>
    public bool IsEmpty => Kind == CommentLineKind.Comment && Body.Trim().IsEmpty;

    /// <summary>A comment that was commented out along with the lines around it: <c># # why</c>.</summary>
    public bool IsTwofold => Kind == CommentLineKind.Comment && Body.TrimStart(' ').StartsWith("#");

    /// <summary>A blank behind the comment sign, or nothing.</summary>
    public bool HasBlank => Body.IsEmpty || Body.StartsWith(" ");

    /// <summary>Of a comment: its characters without the line break.</summary>
    public int Length => Hash + 1 - Start + Body.Length;

    /// <summary>Up to the first character behind the sign: indentation, sign and blanks.</summary>
    public int HeadLength => Hash + 1 - Start + Blanks;

    private int Blanks => Body.Length - Body.TrimStart(' ').Length;

    private ReadOnlySpan<char> Body => Text.AsSpan(Hash + 1, End - Hash - 1).TrimEnd("\r\n");

    /// <summary>All lines between two offsets. A sign inside a scalar of several lines is content.</summary>
    public static List<CommentLine> Read(YamlText text, int from, int to)
    {
        var scalars = text.Documents.SelectMany(document => document.Root.Walk()).OfType<YamlScalar>()
            .Where(scalar => text.LineEnd(scalar.Start) < scalar.End).ToList();
        return [.. text.Lines(from, to).Select(line => Read(text.Text, line.Start, line.End, scalars))];
    }

    /// <summary>The column of the first character behind the sign when <paramref name="prefix"/> characters are taken away.</summary>
    public int Column(int prefix) => Hash - Start + Blanks - (prefix - 1);

    /// <summary>Whether the line is a comment whose sign stands in the same column, as those of one block do.</summary>
    public bool Belongs(CommentLine head) => Kind == CommentLineKind.Comment && Hash - Start == head.Hash - head.Start;

    /// <summary>Whether the comment begins with this key, or with a dash for <c>-</c>.</summary>
    public bool Opens(string key)
    {
        if (Kind != CommentLineKind.Comment)
        {
            return false;
        }

        var body = Body.TrimStart(' ');
        if (!body.StartsWith(key, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = body[key.Length..];
        return key == "-" ? rest.StartsWith(" ") : rest is ":" || rest.StartsWith(": ");
    }

    private static CommentLine Read(string text, int start, int end, List<YamlScalar> scalars)
    {
        var line = text.AsSpan(start, end - start);
        var indent = line.Length - line.TrimStart(" \t").Length;
        var kind = line.Trim().IsEmpty ? CommentLineKind.Blank
            : line[indent] == '#' && !scalars.Exists(scalar => scalar.Start < start && start < scalar.End) ? CommentLineKind.Comment
            : CommentLineKind.Content;
        return new CommentLine(text, start, end, kind == CommentLineKind.Comment ? start + indent : start, kind);
    }
}

enum CommentLineKind
{
    Blank,
    Comment,
    Content,
}
