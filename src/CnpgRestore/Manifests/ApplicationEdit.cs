using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>Names the application database in a bootstrap method, never by the operator's own default.</summary>
static class ApplicationEdit
{
    public static void Apply(ClusterDraft draft, string method, ApplicationDatabase application)
    {
        string[] place = ["spec", "bootstrap", method];
        var written = ApplicationDatabase.Read(draft.Json.At(place));
        if (written is not null && !IsSame(draft, written, application))
        {
            draft.Notes.Add($"bootstrap.{method} said database {written.Database} of {written.Owner}; it says {application.Database} of {application.Owner} now");
        }

        draft.SetText([.. place, "database"], application.Database);
        draft.SetText([.. place, "owner"], application.Owner);
        if (application.Secret is { } secret)
        {
            draft.SetText([.. place, "secret", "name"], secret);
        }
        else if (written?.Secret is { } foreign)
        {
            // A user name in it that is not the owner's stops the operator; a password that was never the owner's locks the applications out.
            BootstrapEdit.Silence(draft, [.. place, "secret"]);
            draft.Notes.Add($"bootstrap.{method}.secret {foreign} is left out: it is not known to be that of {application.Owner}; the operator makes one");
        }
    }

    /// <summary>
    /// The database that the new Cluster shall have: what was live before counts more than a comment that has become live, which may be years old.
    /// An owner that is asked for keeps the Secret that the manifest has for it.
    /// </summary>
    /// <param name="asked">Of the command line; null where it names none.</param>
    /// <param name="formerly">What was live before the edit.</param>
    public static ApplicationDatabase Choose(ClusterDraft draft, string method, ApplicationDatabase? asked, ApplicationDatabase? formerly)
    {
        var known = formerly ?? ApplicationDatabase.Read(draft.Json.At("spec", "bootstrap", method)) ?? Commented(draft);
        return asked is null ? known ?? throw Unknown(draft)
            : asked.Secret is null && known is not null && draft.Expand(known.Owner) == asked.Owner ? asked with { Secret = known.Secret }
            : asked;
    }

    private static bool IsSame(ClusterDraft draft, ApplicationDatabase one, ApplicationDatabase other) =>
        (draft.Expand(one.Database), draft.Expand(one.Owner)) == (draft.Expand(other.Database), draft.Expand(other.Owner));

    /// <summary>What <c># initdb:</c> or another commented method says.</summary>
    private static ApplicationDatabase? Commented(ClusterDraft draft)
    {
        var document = draft.Text.Documents[draft.Document];
        return ClusterManifest.Sections
            .SelectMany(section => CommentedBlock.FindAll(draft.Text, document.Start, document.End, section.Key)
                .Select(block => YamlMeaning.ToJson(YamlText.Parse(block.Snippet(draft.Text), draft.File.Path).Documents[0].Root).At(section.Key)))
            .Select(ApplicationDatabase.Read)
            // An alias says nothing without its anchor.
            .FirstOrDefault(found => found is not null && !found.Database.StartsWith('*') && !found.Owner.StartsWith('*'));
    }

    private static RestoreException Unknown(ClusterDraft draft) => new(
        ProblemCode.Refused,
        $"{draft.File.Path} does not say which database and owner the cluster had",
        "left out, the operator takes 'app' for both and creates an empty database of that name beside the recovered ones",
        draft.Command("--database NAME --owner NAME"));
}
