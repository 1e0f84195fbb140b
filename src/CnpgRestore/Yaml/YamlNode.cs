using System.Globalization;

namespace CnpgRestore.Yaml;

/// <summary>
/// A node of a YAML document with its place in the text. <see cref="Start"/> includes anchor and tag, <see cref="End"/> is behind the last
/// character that belongs to the node, without trailing blank lines or comments.
/// </summary>
public abstract class YamlNode
{
    /// <summary>Offset of the first character, in UTF-16 units of the whole file.</summary>
    public required int Start { get; init; }

    public int End { get; internal set; }

    /// <summary>The name in <c>&amp;name</c>, or null.</summary>
    public string? Anchor { get; init; }

    /// <summary>This node, or what the alias stands for; null where an alias has no anchor in front of it.</summary>
    public YamlNode? Resolved => this is YamlAlias alias ? alias.Target : this;

    /// <summary>This node, everything in it, keys included, in the order of the text. Aliases are not followed.</summary>
    public IEnumerable<YamlNode> Walk()
    {
        yield return this;
        var children = this switch
        {
            YamlMapping mapping => mapping.Entries.SelectMany(entry => new[] { entry.Key, entry.Value }),
            YamlSequence sequence => sequence.Items,
            _ => [],
        };
        foreach (var node in children.SelectMany(child => child.Walk()))
        {
            yield return node;
        }
    }

    /// <summary>
    /// The node below this one at these keys (a number is an index into a sequence), following aliases and merge keys; null where there is none.
    /// </summary>
    public YamlNode? Find(params ReadOnlySpan<string> path)
    {
        var node = this;
        foreach (var step in path)
        {
            node = node.Resolved switch
            {
                YamlMapping mapping => mapping.Get(step),
                YamlSequence sequence when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < sequence.Items.Count =>
                    sequence.Items[index],
                _ => null,
            };
            if (node is null)
            {
                return null;
            }
        }

        return node;
    }
}

/// <summary>A scalar. <see cref="Value"/> is what it says after quotes, escapes and folding.</summary>
public sealed class YamlScalar : YamlNode
{
    public required string Value { get; init; }

    public required YamlStyle Style { get; init; }

    /// <summary>An explicit tag such as <c>!!str</c>, in its long form, or null.</summary>
    public string? Tag { get; init; }
}

/// <summary>How a scalar is written.</summary>
public enum YamlStyle
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Block,
}

/// <summary>An alias, <c>*name</c>.</summary>
public sealed class YamlAlias : YamlNode
{
    public required string Name { get; init; }

    public required YamlNode? Target { get; init; }
}

/// <summary>A sequence; of a block sequence the start is the first dash (or its anchor).</summary>
public sealed class YamlSequence : YamlNode
{
    public required bool IsFlow { get; init; }

    public List<YamlNode> Items { get; } = [];
}
