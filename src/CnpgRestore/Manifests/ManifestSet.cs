using System.Text.Json.Nodes;
using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>
/// Some files of manifests that belong together: the Cluster's own, and those that say more about it (a Kustomization of Flux, an
/// ObjectStore, ConfigMaps).
/// </summary>
public sealed class ManifestSet(params IReadOnlyList<ManifestFile> files)
{
    private const string ByOption = "--cluster NAME";

    public IReadOnlyList<ManifestFile> Files { get; } = files;

    /// <summary>What the Cluster says now, with Flux variables replaced.</summary>
    /// <param name="cluster">Needed where the files hold several.</param>
    /// <param name="namedBy">How the command line names it, for the hint where it does not: <c>--cluster NAME</c> or <c>CLUSTER</c>.</param>
    /// <exception cref="RestoreException">Exit 2: there are several, and none is named. 10: there is none, or none of that name.</exception>
    public ClusterManifest Read(string? cluster, string namedBy = ByOption) => Find(cluster, "recovery", namedBy).Manifest;

    /// <summary>All of them, in the order of the files.</summary>
    public IReadOnlyList<ClusterManifest> Clusters() => [.. Drafts(cluster: null, "recovery").Select(draft => draft.Manifest)];

    /// <summary>The Cluster as JSON, with Flux variables, aliases and merge keys resolved: what would be sent to the API.</summary>
    public JsonObject ReadJson(string? cluster) => Find(cluster, "recovery").Expanded();

    /// <summary>What would be sent to the API as a variable.</summary>
    public OpenVariables OpenVariables(string? cluster) => Find(cluster, "recovery").OpenVariables();

    /// <summary>Where something in the Cluster stands, for messages: <c>cluster.yaml line 7</c>. Only the file where it does not say the line.</summary>
    public string PlaceOf(string? cluster, params ReadOnlySpan<string> path) => Find(cluster, "recovery").PlaceOf(path);

    /// <summary>Edits the files so that the Cluster is recovered from a folder in a bucket. Nothing is written to disk.</summary>
    /// <exception cref="RestoreException">The manifest does not say enough, contradicts itself, or cannot be edited safely; no file is changed.</exception>
    public ManifestEdit ToRecovery(string? cluster, RecoveryRequest request) => Edit(cluster, "recovery", request.Command, draft =>
    {
        if (ChartValues.Matches(draft.Json))
        {
            ChartEdit.ToRecovery(draft, request);
            return;
        }

        var formerly = ApplicationOf(draft);
        BootstrapEdit.MakeLive(draft, "recovery", () => new YamlContent.Map(
            ("source", new YamlContent.Text(SourceEdit.ChooseName(draft, request)))));
        SourceEdit.Apply(draft, request);
        ApplicationEdit.Apply(draft, "recovery", ApplicationEdit.Choose(draft, "recovery", request.Application, formerly));
        RecoveryTargetEdit.Apply(draft, request.Target, request.BackupId);
        DestinationEdit.Apply(draft, ["spec"], request.ArchiveName);
    });

    /// <summary>Edits the files so that the Cluster begins new and empty. Nothing is written to disk.</summary>
    /// <exception cref="RestoreException">As for <see cref="ToRecovery"/>.</exception>
    public ManifestEdit ToInitdb(string? cluster, InitdbRequest request) => Edit(cluster, "initdb", request.Command, draft =>
    {
        if (ChartValues.Matches(draft.Json))
        {
            ChartEdit.ToInitdb(draft, request);
            return;
        }

        var formerly = ApplicationOf(draft);
        BootstrapEdit.MakeLive(draft, "initdb", () => Fresh(ApplicationEdit.Choose(draft, "initdb", request.Application, formerly)));
        BootstrapEdit.SilenceImport(draft);
        ApplicationEdit.Apply(draft, "initdb", ApplicationEdit.Choose(draft, "initdb", request.Application, formerly));
        if (request.ArchiveName is not null)
        {
            DestinationEdit.Apply(draft, ["spec"], request.ArchiveName);
        }

        if (draft.Manifest.Destination is { } destination)
        {
            draft.Notes.Add($"the new cluster archives to '{destination.ServerName}': what an earlier cluster left in that folder stops it from archiving");
        }
    });

    private ManifestEdit Edit(string? cluster, string method, string? command, Action<ClusterDraft> change)
    {
        foreach (var file in Files)
        {
            AnchorEdit.RequireResolved(file.Text);
        }

        var draft = Find(cluster, method, command: command);
        var before = draft.Manifest;
        var texts = Files.Select(file => file.Text).ToList();
        try
        {
            change(draft);
            EditCheck.Require(this, texts, draft, method);
        }
        catch
        {
            foreach (var (file, text) in Files.Zip(texts))
            {
                file.Text = text;
            }

            throw;
        }

        return new ManifestEdit(before, draft.Manifest, draft.Notes);
    }

    private IEnumerable<ClusterDraft> Drafts(string? cluster, string method, string? command = null) => Files.Where(file => !file.IsNeighbour).SelectMany(file => file.Objects().Where(item => IsCluster(item.Json))
        .Select(item => new ClusterDraft(Files, file, item.Index, method) { Named = cluster, Caller = command }));

    private ClusterDraft Find(string? cluster, string method, string namedBy = ByOption, string? command = null)
    {
        var found = Drafts(cluster, method, command).ToList();
        var named = cluster is null ? found : found.FindAll(draft => draft.Manifest.Name == cluster);
        if (named is [var only])
        {
            return only;
        }

        var names = string.Join(", ", found.Select(draft => draft.Manifest.Name).Distinct());
        var file = Files[0].Path;
        if (named.Select(draft => draft.Manifest.Name).Distinct().Count() == 1)
        {
            throw new RestoreException(
                ProblemCode.Usage,
                $"{named.Count} Clusters are called '{named[0].Manifest.Name}'",
                $"in {string.Join(" and ", named.Select(draft => draft.File.Path).Distinct())}; which of them is meant cannot be told",
                "give the one file that holds the Cluster: -f FILE");
        }

        throw found.Count == 0
            ? new RestoreException(
                ProblemCode.NotFound,
                $"{file} holds no Cluster",
                "neither a Cluster of postgresql.cnpg.io nor a HelmRelease of the chart 'cluster' was found",
                "name the file that the Cluster is in: -f FILE")
            : new RestoreException(
                cluster is null ? ProblemCode.Usage : ProblemCode.NotFound,
                cluster is null ? $"{file} holds {found.Count} Clusters" : $"{file} holds no Cluster '{cluster}'",
                $"found: {names}",
                cluster is null ? $"add {namedBy}, one of: {names}" : $"name one of: {names}");
    }

    private static bool IsCluster(JsonObject json) =>
        (json.Text("kind") == "Cluster" && json.Text("apiVersion")?.StartsWith("postgresql.cnpg.io/", StringComparison.Ordinal) == true) ||
        ChartValues.Matches(json);

    // As written, so that a Flux variable goes along as a variable.
    private static ApplicationDatabase? ApplicationOf(ClusterDraft draft) => ClusterManifest.Read(draft.Json, _ => null).Application;

    private static YamlContent.Map Fresh(ApplicationDatabase application)
    {
        List<(string, YamlContent)> entries =
        [
            ("database", new YamlContent.Text(application.Database)),
            ("owner", new YamlContent.Text(application.Owner)),
        ];
        if (application.Secret is { } secret)
        {
            entries.Add(("secret", new YamlContent.Map(("name", new YamlContent.Text(secret)))));
        }

        return new YamlContent.Map(entries);
    }
}
