namespace CnpgRestore.Yaml;

/// <summary>
/// A key with its value, or an item of a sequence, that stands in the file as a comment: <c># recovery:</c> and the deeper comment lines
/// below it.
/// </summary>
public sealed class CommentedBlock
{
    private readonly IReadOnlyList<CommentLine> _lines;
    private readonly int _prefix;

    private CommentedBlock(IReadOnlyList<CommentLine> lines, int prefix)
    {
        _lines = lines;
        _prefix = prefix;
    }

    public int Start => _lines[0].Start;

    /// <summary>Behind the line break of the last line.</summary>
    public int End => _lines[^1].End;

    /// <summary>The column of the key when the comment sign is taken away.</summary>
    public int Column => _lines[0].Column(_prefix);

    /// <summary>The block without what is below its key.</summary>
    public CommentedBlock HeadOnly => new([_lines[0]], _prefix);

    /// <summary>Blocks of this key between two offsets, in the order of the text. What does not parse as YAML (a sentence, say) is no block.</summary>
    /// <param name="key">A mapping's key; <c>-</c> for an item of a sequence.</param>
    public static IEnumerable<CommentedBlock> FindAll(YamlText text, int from, int to, string key)
    {
        var lines = CommentLine.Read(text, from, to);
        for (var index = 0; index < lines.Count; index++)
        {
            if (lines[index].Opens(key) && Find(text, lines, index, key) is { } block)
            {
                yield return block;
            }
        }
    }

    /// <summary>The splices that make the block live again, its key in the given column. A comment sign alone becomes an empty line.</summary>
    public IEnumerable<YamlSplice> Uncomment(int column) =>
        _lines.Where(line => line.Belongs(_lines[0])).Select(line => line.IsEmpty
            ? new YamlSplice(line.Start, line.Length, "")
            // Lines may stand far to the right of where they belong, and a comment within the block to the left of its key.
            : new YamlSplice(line.Start, line.HeadLength, new string(' ', Math.Max(0, line.Column(_prefix) + column - Column))));

    /// <summary>The block as live YAML.</summary>
    public string Snippet(YamlText text) =>
        string.Concat(_lines.Select(line => text.Text[line.Start..line.End]).Zip(_lines, (source, line) =>
            !line.Belongs(_lines[0]) ? source : line.IsEmpty ? source[line.Length..] : source.Remove(line.Hash - line.Start, _prefix)));

    /// <summary>The longest run of lines from the key on that reads as one entry (or one item).</summary>
    private static CommentedBlock? Find(YamlText text, IReadOnlyList<CommentLine> lines, int first, string key)
    {
        for (var count = RunLength(lines, first, key); count > 0; count--)
        {
            var run = lines.Skip(first).Take(count).ToList();
            if (!run[^1].Belongs(run[0]))
            {
                continue;
            }

            // People write '# key' and '#key'; what stands in front of every line goes.
            var prefix = run.Where(line => line.Belongs(run[0])).All(line => line.HasBlank) ? 2 : 1;
            var block = new CommentedBlock(run, prefix);
            if (YamlText.TryParse(block.Snippet(text), text.Name) is { Documents: [{ Root: var root }] } && IsBlock(root, key))
            {
                return block;
            }
        }

        return null;
    }

    private static bool IsBlock(YamlNode root, string key) => root switch
    {
        YamlSequence { Items: [YamlMapping] } => key == "-",
        YamlMapping { Entries: [{ Value: var value } entry] } =>
            entry.Name == key && value is not YamlScalar { Value.Length: > 0, Style: YamlStyle.Plain },
        _ => false,
    };

    private static int RunLength(IReadOnlyList<CommentLine> lines, int first, string key)
    {
        var head = lines[first];
        var count = 1;
        for (var index = first + 1; index < lines.Count && lines[index].Kind != CommentLineKind.Content; index++)
        {
            var line = lines[index];
            if (line.Kind == CommentLineKind.Blank || line.Hash - line.Start < head.Hash - head.Start || line.IsEmpty ||
                (line.IsTwofold && line.Column(1) <= head.Column(1)))
            {
                // May stand inside a block, and does not tell whether it goes on.
                continue;
            }

            var inside = line.Column(1) > head.Column(1) || (key != "-" && line.Column(1) == head.Column(1) && line.Opens("-"));
            if (!line.Belongs(head) || !inside)
            {
                break;
            }

            count = index - first + 1;
        }

        return count;
    }
}
