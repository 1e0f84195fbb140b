namespace CnpgRestore.Yaml;

/// <summary>How a file is indented, so that added lines look like the lines around them.</summary>
/// <param name="Step">Blanks from a key to the keys inside it.</param>
/// <param name="SequenceIndent">Blanks from a key to the dashes of its sequence: 0 or a step.</param>
public sealed record YamlLayout(int Step, int SequenceIndent, string NewLine)
{
    public static YamlLayout Of(YamlText text, YamlDocument document)
    {
        var nested = document.Root.Walk().OfType<YamlMapping>().Where(mapping => !mapping.IsFlow)
            .SelectMany(mapping => mapping.Entries).ToList();
        var step = nested.Select(entry => Indent(text, entry, entry.Value as YamlMapping is { IsFlow: false } child ? child.Entries[0].Key : null))
            .FirstOrDefault(indent => indent > 0, 2);
        var sequence = nested.Select(entry => entry.Value as YamlSequence is { IsFlow: false, Anchor: null } child ? Indent(text, entry, child) : null)
            .FirstOrDefault(indent => indent is not null);
        return new YamlLayout(step ?? 2, sequence ?? step ?? 2, text.NewLine);
    }

    private static int? Indent(YamlText text, YamlEntry entry, YamlNode? child) =>
        child is null ? null : text.Column(child.Start) - text.Column(entry.Key.Start);
}
