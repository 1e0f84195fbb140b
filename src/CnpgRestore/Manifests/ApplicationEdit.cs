using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>Names the application database in a bootstrap method, never by the operator's own default.</summary>
static class ApplicationEdit
{
    public static void Apply(ClusterDraft draft, string method, ApplicationDatabase application)
    {
        string[] place = ["spec", "bootstrap", method];
        draft.SetText([.. place, "database"], application.Database);
        draft.SetText([.. place, "owner"], application.Owner);
        if (application.Secret is { } secret)
        {
            draft.SetText([.. place, "secret", "name"], secret);
        }
    }

    /// <summary>The database that the manifest names: in the wanted method, in the one that was live before, or in a commented block.</summary>
    /// <param name="formerly">From the manifest before the edit.</param>
    public static ApplicationDatabase Find(ClusterDraft draft, string method, ApplicationDatabase? formerly) =>
        ApplicationDatabase.Read(draft.Json.At("spec", "bootstrap", method)) ?? formerly ?? Commented(draft) ?? throw Unknown(draft);

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
