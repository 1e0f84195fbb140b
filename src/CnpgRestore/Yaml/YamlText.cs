using YamlDotNet.Core;

namespace CnpgRestore.Yaml;

/// <summary>
/// A YAML file as text, with its documents parsed for their positions. It is never written back from the nodes: every edit replaces a few
/// characters and parses the result again, so comments, order, quoting, anchors and line ends stay as they are.
/// </summary>
public sealed class YamlText
{
    private YamlText(string name, string text, IReadOnlyList<YamlDocument> documents)
    {
        Name = name;
        Text = text;
        Documents = documents;
        NewLine = text.IndexOf('\n', StringComparison.Ordinal) is > 0 and var end && text[end - 1] == '\r' ? "\r\n" : "\n";
    }

    /// <summary>The file name for messages.</summary>
    public string Name { get; }

    public string Text { get; }

    /// <summary>The documents that hold something; an empty one between two separators is left out.</summary>
    public IReadOnlyList<YamlDocument> Documents { get; }

    /// <summary>The line end of the first line, for lines that are added.</summary>
    public string NewLine { get; }

    /// <exception cref="RestoreException">The text is not YAML, or a mapping has the same key twice.</exception>
    public static YamlText Parse(string text, string name)
    {
        try
        {
            return new YamlText(name, text, new YamlComposer(text).Compose());
        }
        catch (YamlException e)
        {
            var reason = e.InnerException?.Message ?? e.Message;
            var message = $"{name} is not valid YAML at line {e.Start.Line}, column {e.Start.Column}";
            throw new RestoreException(ProblemCode.Refused, message, reason.TrimEnd('.'), cause: e);
        }
        catch (InvalidOperationException e)
        {
            // YamlDotNet 18.1 says so of a plain scalar that stands where a bracket was not closed.
            throw new RestoreException(ProblemCode.Refused, $"{name} is not valid YAML", "a bracket { or [ is not closed, or the lines within it begin too far left", cause: e);
        }
    }

    /// <summary>The same, or null where the text does not parse.</summary>
    public static YamlText? TryParse(string text, string name)
    {
        try
        {
            return Parse(text, name);
        }
        catch (RestoreException)
        {
            return null;
        }
    }

    /// <summary>The text with some stretches replaced, parsed again.</summary>
    public YamlText With(params IEnumerable<YamlSplice> splices) => Parse(YamlSplice.Apply(Text, splices), Name);

    /// <summary>Counted from 1, as editors do.</summary>
    public int LineNumber(int offset) => Text.AsSpan(0, offset).Count('\n') + 1;

    /// <summary>Offset of the first character of the line; a byte order mark stands in front of the first line, not in it.</summary>
    public int LineStart(int offset)
    {
        var start = offset == 0 ? 0 : Text.LastIndexOf('\n', offset - 1) + 1;
        return start == 0 && Text.StartsWith(YamlComposer.ByteOrderMark) ? 1 : start;
    }

    /// <summary>Offset behind the line's end, its line break included.</summary>
    public int LineEnd(int offset) => Text.IndexOf('\n', offset) is >= 0 and var end ? end + 1 : Text.Length;

    /// <summary>Characters in front of the offset on its line.</summary>
    public int Column(int offset) => offset - LineStart(offset);

    /// <summary>Offset of the first character on the line that is no blank.</summary>
    public int FirstOnLine(int offset)
    {
        var line = Text.AsSpan(LineStart(offset));
        return LineStart(offset) + line.Length - line.TrimStart(' ').Length;
    }

    /// <summary>The document that an offset lies in.</summary>
    public YamlDocument DocumentOf(int offset) => Documents.First(document => offset < document.End || document == Documents[^1]);

    /// <summary>Whether nothing but blanks stands in front of the offset on its line.</summary>
    public bool IsFirstOnLine(int offset) => Text.AsSpan(LineStart(offset), Column(offset)).Trim(' ').IsEmpty;

    /// <summary>The lines that begin in the range, as offsets of their start and of their end behind the line break.</summary>
    public IEnumerable<(int Start, int End)> Lines(int from, int to)
    {
        for (var start = LineStart(from); start < to; start = LineEnd(start))
        {
            yield return (start, LineEnd(start));
        }
    }
}

/// <summary>One document of a file; <see cref="End"/> is where the next one, or the file's end, begins.</summary>
public sealed record YamlDocument(YamlNode Root, int Start, int End);
