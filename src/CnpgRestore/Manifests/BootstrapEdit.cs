using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>
/// Makes one bootstrap method the live one. What was live becomes a comment, so that nothing is lost; what the user keeps as a comment
/// becomes live before a second block is written.
/// </summary>
static class BootstrapEdit
{
    private static readonly string[] Place = ["spec", "bootstrap"];

    /// <param name="method"><c>recovery</c> or <c>initdb</c>.</param>
    /// <param name="fresh">What is written where the file holds no such block, live or as a comment.</param>
    public static void MakeLive(ClusterDraft draft, string method, Func<YamlContent> fresh)
    {
        if (draft.Root.Find("spec") is not YamlMapping)
        {
            throw new RestoreException(ProblemCode.Refused, $"{draft.File.Path}: the Cluster has no spec");
        }

        var before = draft.Text;
        var live = LiveMethods(draft);
        if (!live.Contains(method))
        {
            draft.Text = Uncommented(draft, method) ?? Written(draft, method, fresh());
            draft.Text = AnchorEdit.Reunite(before, draft.Text, draft.Document);
        }

        foreach (var other in LiveMethods(draft).Where(other => other != method))
        {
            Silence(draft, [.. Place, other]);
        }
    }

    /// <summary>Makes an entry a comment, or takes it out where it stands inside <c>{ }</c>; anchors that others use move to them.</summary>
    public static void Silence(ClusterDraft draft, string[] path)
    {
        var before = draft.Text;
        var entry = draft.EntryAt(path);
        var parent = draft.ParentOf(path);
        if (CommentEdit.CanCommentOut(before, parent, entry))
        {
            draft.Text = AnchorEdit.Rescue(before, CommentEdit.CommentOut(before, entry), draft.Document);
        }
        else if (parent.IsFlow)
        {
            draft.Text = AnchorEdit.Rescue(before, YamlEdit.RemoveFlowEntry(before, parent, entry), draft.Document);
            draft.Notes.Add($"{string.Join('.', path)} was removed: inside {{ }} it cannot be kept as a comment");
        }
        else
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"{draft.File.Path} line {before.LineNumber(entry.Key.Start)}: {string.Join('.', path)} cannot become a comment",
                "something else stands on its lines");
        }
    }

    /// <summary>An <c>initdb</c> that imports from a living server is not new and empty, and that server may be gone for years.</summary>
    public static void SilenceImport(ClusterDraft draft)
    {
        string[] import = [.. Place, "initdb", "import"];
        if (draft.Root.Find(import) is not null)
        {
            Silence(draft, import);
            draft.Notes.Add("bootstrap.initdb.import is a comment now: the new cluster begins empty");
        }
    }

    private static List<string> LiveMethods(ClusterDraft draft) =>
        (draft.Root.Find(Place) as YamlMapping)?.Entries.Select(entry => entry.Name).OfType<string>().ToList() ?? [];

    /// <summary>The user's own commented block made live, or null.</summary>
    private static YamlText? Uncommented(ClusterDraft draft, string method)
    {
        string[] place = [.. Place, method];
        var text = draft.Text;
        var document = draft.Document;
        if (draft.Root.Find(Place) is not null && CommentEdit.Activate(text, document, place).FirstOrDefault() is { } inPlace)
        {
            return inPlace;
        }

        // A commented 'bootstrap:' with the method below it, beside a live one or instead of it.
        if (draft.Root.Find(Place) is not null)
        {
            if (!CommentEdit.CanCommentOut(text, draft.ParentOf(Place), draft.EntryAt(Place)))
            {
                return null;
            }

            text = CommentEdit.CommentOut(text, draft.EntryAt(Place));
        }

        var whole = CommentEdit.Activate(text, document, Place, headOnly: true)
            .Select(head => head.Documents[document].Root.Find(place) is null ? CommentEdit.Activate(head, document, place).FirstOrDefault() : head)
            .FirstOrDefault(found => found is not null);
        return whole is null ? null : AnchorEdit.Rescue(draft.Text, whole, document);
    }

    private static YamlText Written(ClusterDraft draft, string method, YamlContent content)
    {
        var text = draft.Text;
        switch (draft.Root.Find(Place))
        {
            case YamlMapping { IsFlow: false } bootstrap:
                return YamlEdit.AddEntry(text, bootstrap, method, content);
            case YamlMapping bootstrap when CommentEdit.CanCommentOut(text, draft.ParentOf(Place), draft.EntryAt(Place)) && bootstrap.Entries.Count > 0:
                // 'bootstrap: {initdb: ...}' on a line of its own is kept as a comment, and the new one is written as lines.
                var below = CommentEdit.CommentOut(text, draft.EntryAt(Place), new YamlContent.Map((method, content)));
                return AnchorEdit.Rescue(text, below, draft.Document);
            case YamlMapping bootstrap:
                return YamlEdit.AddEntry(text, bootstrap, method, content);
            case YamlScalar { Value: "", Style: YamlStyle.Plain }:
                return YamlEdit.AddFirstEntry(text, draft.EntryAt(Place), method, content);
            case YamlScalar none:
                // 'null' or '~', which says the same as nothing.
                draft.Text = text.With(new YamlSplice(none.Start - 1, none.End - none.Start + 1, ""));
                return Written(draft, method, content);
            default:
                break;
        }

        // A commented 'bootstrap:' without this method below it is the place where the user expects it.
        var head = CommentEdit.Activate(text, draft.Document, Place, headOnly: true).FirstOrDefault();
        if (head?.Documents[draft.Document].Root.Find("spec") is YamlMapping spec)
        {
            return YamlEdit.AddFirstEntry(head, spec.OwnEntry("bootstrap")!, method, content);
        }

        return YamlEdit.AddEntry(text, (YamlMapping)draft.Root.Find("spec")!, "bootstrap", new YamlContent.Map((method, content)));
    }
}
