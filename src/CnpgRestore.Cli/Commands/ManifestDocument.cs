using CnpgRestore.Manifests;

namespace CnpgRestore.Cli.Commands;

/// <summary>The result of <c>manifest ... -o json</c>.</summary>
/// <param name="Written">Whether the files on disk were changed.</param>
sealed record ManifestDocument(
    string Cluster,
    string Bootstrap,
    string? Source,
    string? Destination,
    string? Database,
    string? Owner,
    bool Written,
    IReadOnlyList<ManifestDocument.File> Files,
    IReadOnlyList<string> Notes)
{
    public sealed record File(string Path, bool Changed, string Diff, string Content);

    public static ManifestDocument Of(ManifestSet set, ManifestEdit edit, bool written) => new(
        edit.After.Name,
        edit.After.Method == BootstrapMethod.Recovery ? "recovery" : "initdb",
        edit.After.Method == BootstrapMethod.Recovery ? edit.After.Source?.ServerName : null,
        edit.After.Destination?.ServerName,
        edit.After.Application?.Database,
        edit.After.Application?.Owner,
        written,
        [.. set.Files.Select(file => new File(file.Path, file.IsChanged, UnifiedDiff.Create(file.Original.Text, file.Text.Text, file.Path), file.Text.Text))],
        edit.Notes);
}
