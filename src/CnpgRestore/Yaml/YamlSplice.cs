using System.Text;

namespace CnpgRestore.Yaml;

/// <summary>A replacement of <paramref name="Length"/> characters from <paramref name="Start"/> on.</summary>
public readonly record struct YamlSplice(int Start, int Length, string Replacement)
{
    public static YamlSplice Insert(int offset, string text) => new(offset, 0, text);

    public static YamlSplice Replace(YamlNode node, string text) => new(node.Start, node.End - node.Start, text);

    /// <exception cref="ArgumentException">Two stretches overlap.</exception>
    public static string Apply(string text, IEnumerable<YamlSplice> splices)
    {
        var result = new StringBuilder(text.Length + 256);
        var copied = 0;
        foreach (var splice in splices.OrderBy(splice => splice.Start))
        {
            if (splice.Start < copied)
            {
                throw new ArgumentException($"Two edits overlap at offset {splice.Start}.", nameof(splices));
            }

            result.Append(text, copied, splice.Start - copied).Append(splice.Replacement);
            copied = splice.Start + splice.Length;
        }

        return result.Append(text, copied, text.Length - copied).ToString();
    }
}
