using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CnpgRestore.Yaml;

/// <summary>Builds the node trees from the parser's events, which carry the offsets.</summary>
sealed class YamlComposer
{
    public const char ByteOrderMark = '\uFEFF';

    // Far more than any manifest has; a file that goes beyond would exhaust the stack, or the memory where aliases of aliases multiply.
    private const int DeepestNesting = 200;
    private const long MostNodes = 1_000_000;

    private readonly string _text;
    private readonly int _skipped;
    private readonly Parser _parser;
    private readonly Dictionary<string, (YamlNode Node, long Size)> _anchors = [];
    private int _depth;

    // Nodes so far, each alias counted as what it stands for.
    private long _size;

    public YamlComposer(string text)
    {
        _text = text;
        // The scanner takes a byte order mark for the first character of a key.
        _skipped = text.StartsWith(ByteOrderMark) ? 1 : 0;
        _parser = new Parser(new Scanner(new StringReader(text[_skipped..]), skipComments: true));
    }

    public List<YamlDocument> Compose()
    {
        var documents = new List<YamlDocument>();
        var start = 0;
        _parser.Consume<StreamStart>();
        while (_parser.TryConsume<DocumentStart>(out _))
        {
            _anchors.Clear();
            var root = ComposeNode();
            var documentEnd = _parser.Consume<DocumentEnd>();
            var end = Offset(documentEnd.End);
            if (root is not YamlScalar { Value: "", Style: YamlStyle.Plain })
            {
                documents.Add(new YamlDocument(root, start, end));
            }

            start = end;
        }

        return documents;
    }

    private YamlNode ComposeNode()
    {
        var before = _size++;
        if (++_depth > DeepestNesting || _size > MostNodes)
        {
            throw new SemanticErrorException(_parser.Current!.Start, _parser.Current.End, "it nests too deeply, or its aliases multiply too much");
        }

        YamlNode node = _parser.Current switch
        {
            MappingStart => ComposeMapping(_parser.Consume<MappingStart>()),
            SequenceStart => ComposeSequence(_parser.Consume<SequenceStart>()),
            AnchorAlias => ComposeAlias(_parser.Consume<AnchorAlias>()),
            _ => ComposeScalar(_parser.Consume<Scalar>()),
        };
        _depth--;
        if (node.Anchor is { } anchor)
        {
            // Only now: a collection that holds an alias of itself has no meaning in a manifest, and stays unresolved.
            _anchors[anchor] = (node, _size - before);
        }

        return node;
    }

    private YamlMapping ComposeMapping(MappingStart start)
    {
        var mapping = new YamlMapping
        {
            Start = Offset(start.Start),
            Anchor = AnchorOf(start),
            IsFlow = start.Style == MappingStyle.Flow,
        };
        while (_parser.Current is not MappingEnd)
        {
            var keyEvent = _parser.Current!;
            var entry = new YamlEntry(ComposeNode(), ComposeNode());
            if (entry.Name is { } name && !entry.IsMerge && mapping.OwnEntry(name) is not null)
            {
                throw new SemanticErrorException(keyEvent.Start, keyEvent.End, $"the key '{name}' stands twice in the same mapping");
            }

            mapping.Entries.Add(entry);
        }

        var end = Offset(_parser.Consume<MappingEnd>().Start);
        // A block collection "ends" where the next token begins; what belongs to it ends with its last value. A flow one ends behind its bracket.
        mapping.End = mapping.IsFlow ? end + 1 : mapping.Entries[^1].Value.End;
        return mapping;
    }

    private YamlSequence ComposeSequence(SequenceStart start)
    {
        var sequence = new YamlSequence
        {
            Start = Offset(start.Start),
            Anchor = AnchorOf(start),
            IsFlow = start.Style == SequenceStyle.Flow,
        };
        while (_parser.Current is not SequenceEnd)
        {
            sequence.Items.Add(ComposeNode());
        }

        var end = Offset(_parser.Consume<SequenceEnd>().Start);
        sequence.End = sequence.IsFlow ? end + 1 : sequence.Items[^1].End;
        return sequence;
    }

    private YamlAlias ComposeAlias(AnchorAlias alias)
    {
        var (target, size) = _anchors.GetValueOrDefault(alias.Value.Value);
        _size += size;
        return new YamlAlias
        {
            Start = Offset(alias.Start),
            End = Offset(alias.End),
            Name = alias.Value.Value,
            Target = target,
        };
    }

    private YamlScalar ComposeScalar(Scalar scalar)
    {
        var start = Offset(scalar.Start);
        // An empty scalar in front of a separator "ends" before it starts.
        var end = Math.Max(start, Offset(scalar.End));
        return new YamlScalar
        {
            Start = start,
            // A block scalar runs to the next token, blank lines included.
            End = start + _text.AsSpan(start, end - start).TrimEnd().Length,
            Anchor = AnchorOf(scalar),
            Value = scalar.Value,
            Tag = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? null : scalar.Tag.Value,
            Style = scalar.Style switch
            {
                ScalarStyle.SingleQuoted => YamlStyle.SingleQuoted,
                ScalarStyle.DoubleQuoted => YamlStyle.DoubleQuoted,
                ScalarStyle.Literal or ScalarStyle.Folded => YamlStyle.Block,
                _ => YamlStyle.Plain,
            },
        };
    }

    // An empty document's scalar may lie behind the end of the text.
    private int Offset(Mark mark) => Math.Min((int)mark.Index + _skipped, _text.Length);

    private static string? AnchorOf(NodeEvent node) => node.Anchor.IsEmpty ? null : node.Anchor.Value;
}
