namespace CnpgRestore.Yaml;

/// <summary>Keeps anchors and aliases together when the lines that define an anchor go or come back.</summary>
public static class AnchorEdit
{
    /// <summary>
    /// Moves anchors whose definition went to the first alias that still uses them: <c>name: *previous</c> becomes
    /// <c>name: &amp;previous postgres-v17</c>. Aliases that never had an anchor stay.
    /// </summary>
    public static YamlText Rescue(YamlText before, YamlText after, int document)
    {
        while (true)
        {
            var lost = after.Documents[document].Root.Walk().OfType<YamlAlias>().Where(alias => alias.Target is null)
                .Select(alias => (Alias: alias, Definition: Definitions(before, document, alias.Name).LastOrDefault()))
                .FirstOrDefault(pair => pair.Definition is not null);
            if (lost.Definition is null)
            {
                return after;
            }

            var content = YamlContent.CopyOf(lost.Definition, before.Text, lost.Alias.Start);
            var source = content is YamlContent.Literal literal ? literal.Source : content.ToFlow();
            after = after.With(YamlSplice.Replace(lost.Alias, $"&{lost.Alias.Name} {source}"));
        }
    }

    /// <summary>
    /// The other way round: where lines came back that define an anchor in front of the place that it had been moved to, that place becomes
    /// an alias again, if both say the same.
    /// </summary>
    public static YamlText Reunite(YamlText before, YamlText after, int document)
    {
        while (FindSplit(before, after, document) is { } second)
        {
            after = after.With(YamlSplice.Replace(second, $"*{second.Anchor}"));
        }

        return after;
    }

    /// <exception cref="RestoreException">An alias stands in front of its anchor, or has none.</exception>
    public static void RequireResolved(YamlText text)
    {
        for (var document = 0; document < text.Documents.Count; document++)
        {
            if (text.Documents[document].Root.Walk().OfType<YamlAlias>().FirstOrDefault(alias => alias.Target is null) is not { } alias)
            {
                continue;
            }

            var reason = Definitions(text, document, alias.Name).FirstOrDefault() is { } later
                ? $"is used before its anchor &{alias.Name} on line {text.LineNumber(later.Start)}"
                : $"has no anchor &{alias.Name}";
            throw new RestoreException(
                ProblemCode.Refused,
                $"{text.Name} line {text.LineNumber(alias.Start)}: the alias *{alias.Name} {reason}",
                "YAML reads from top to bottom: an anchor must stand in front of its aliases, in the same document and not in a comment");
        }
    }

    private static YamlScalar? FindSplit(YamlText before, YamlText after, int document) =>
        after.Documents[document].Root.Walk().OfType<YamlScalar>().Where(scalar => scalar.Anchor is not null)
            .GroupBy(scalar => scalar.Anchor!)
            .Where(group => Definitions(before, document, group.Key).Count() < 2)
            .Select(group => group.ToList())
            .FirstOrDefault(scalars => scalars.Count > 1 && scalars[0].Value == scalars[1].Value)?[1];

    private static IEnumerable<YamlNode> Definitions(YamlText text, int document, string anchor) =>
        text.Documents[document].Root.Walk().Where(node => node.Anchor == anchor);
}
