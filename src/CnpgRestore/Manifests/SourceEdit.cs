using System.Globalization;
using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>Gives the recovery its entry in <c>spec.externalClusters</c>, with an object store of its own and an explicit server name.</summary>
static class SourceEdit
{
    private static readonly string[] Place = ["spec", "externalClusters"];
    private static readonly string[] CredentialKeys = ["s3Credentials", "azureCredentials", "googleCredentials"];
    private static readonly string[] ReplicaRoles = ["source", "primary", "self"];
    private static readonly string[] SourcePlace = ["spec", "bootstrap", "recovery", "source"];

    /// <summary>The name that a newly written recovery refers to: the entry that reads the wanted folder, else the only one that reads any.</summary>
    public static string ChooseName(ClusterDraft draft, RecoveryRequest request)
    {
        var (before, source) = (draft.Text, request.Source);
        if (draft.Root.Find(Place) is null && CommentEdit.Activate(draft.Text, draft.Document, Place).FirstOrDefault() is { } uncommented)
        {
            AnchorEdit.RequireResolved(uncommented);
            draft.Text = uncommented;
        }

        var folders = draft.Manifest.ExternalClusters.Where(cluster => cluster.Folder is not null && !IsElsewhere(draft, cluster, request)).ToList();
        if (folders.Count == 0)
        {
            // What has become live is of no use.
            draft.Text = before;
        }

        var chosen = source is null
            ? folders is [var only] ? only : null
            : folders.Find(cluster => cluster.Folder!.ServerName == source) ?? folders.Find(cluster => cluster.Name == source);
        return chosen?.Name ?? source ?? throw new RestoreException(
            ProblemCode.Usage,
            $"{draft.File.Path} does not say which folder to recover from",
            folders.Count == 0 ? "it has no external cluster with an object store" : $"it has {folders.Count}: {string.Join(", ", folders.Select(cluster => cluster.Name))}",
            draft.Command("--source NAME"));
    }

    public static void Apply(ClusterDraft draft, RecoveryRequest request)
    {
        var source = request.Source;
        RequireEntries(draft);
        var name = draft.Json.Text(SourcePlace);
        if (name is null)
        {
            // A recovery from a Backup object or from snapshots: the folder takes its place.
            name = ChooseName(draft, request);
            draft.AddEntry(SourcePlace, new YamlContent.Text(name));
        }

        foreach (var other in new[] { "backup", "volumeSnapshots" }.Where(other => draft.Root.Find("spec", "bootstrap", "recovery", other) is not null))
        {
            BootstrapEdit.Silence(draft, ["spec", "bootstrap", "recovery", other]);
            draft.Notes.Add($"bootstrap.recovery.{other} is a comment now: the recovery reads the folder in the bucket");
        }

        if (FindEntry(draft, name) is null)
        {
            draft.Text = Uncommented(draft, name, request) ?? Written(draft, name, source);
        }
        else if (Entry(draft, name) is var other && IsElsewhere(draft, other, request))
        {
            var own = FreeName(draft, source ?? name);
            draft.SetText(SourcePlace, own);
            draft.Text = Written(draft, own, source);
            draft.Notes.Add(IsInArchive(draft, other)
                ? $"the external cluster '{name}' reads by barmanObjectStore, and the cluster archives by the plugin: '{own}' is written beside it"
                : $"the external cluster '{name}' is {Where(other)}, not in the bucket where the backup was found: '{own}' is written beside it");
            name = own;
        }
        else if (source is not null && source != other.Folder?.ServerName && IsReplicaRole(draft, name))
        {
            var own = FreeName(draft, source);
            draft.SetText(SourcePlace, own);
            draft.Text = Written(draft, own, source);
            draft.Notes.Add($"spec.replica names the external cluster '{name}', which stays as it is: '{own}' is written beside it");
            name = own;
        }

        var chosen = Entry(draft, name);
        string[] entry = [.. Place, FindEntry(draft, name)!];
        string[] inTree = [.. entry, "barmanObjectStore"];
        string[] store = draft.Root.Find(inTree) is not null ? inTree : [.. entry, "plugin", "parameters"];
        var folder = chosen.Folder ?? throw new RestoreException(
            ProblemCode.Refused,
            $"the external cluster '{name}' in {draft.File.Path} is a live server, not a folder in a bucket",
            hint: draft.Command("--source NAME"));
        CompleteCredentials(draft, inTree, folder);
        if (draft.Manifest.Destination is { } archive && !folder.IsInBucketOf(archive, draft.Manifest.Namespace))
        {
            draft.Notes.Add($"the recovery reads {folder.ServerName}/ {Where(chosen)}, which is another bucket than the cluster archives to");
        }

        var isOwn = (draft.Root.Find(store) as YamlMapping)?.OwnEntry("serverName") is not null;
        if (source is not null || !isOwn)
        {
            draft.SetText([.. store, "serverName"], source ?? folder.ServerName, SourcePlace, [.. entry, "name"], ["spec", "replica", "source"]);
        }
    }

    /// <summary>
    /// Also one that reads the right bucket by itself where the Cluster archives by the plugin: an image that is made for the plugin has no Barman in it,
    /// and CNPG 1.31 knows no <c>barmanObjectStore</c>.
    /// </summary>
    private static bool IsElsewhere(ClusterDraft draft, ExternalCluster cluster, RecoveryRequest request) =>
        request.IsInArchiveBucket && draft.Manifest.Destination is { } archive && (!IsInArchive(draft, cluster) || (archive.IsPlugin && cluster.Folder is { IsPlugin: false }));

    /// <summary>Another role depends on what the entry says: where this cluster follows, or archives to when it is the primary again.</summary>
    private static bool IsReplicaRole(ClusterDraft draft, string name) =>
        ReplicaRoles.Any(role => draft.Json.Text("spec", "replica", role) == name);

    private static bool IsInArchive(ClusterDraft draft, ExternalCluster cluster) =>
        draft.Manifest.Destination is { } archive && cluster.Folder?.IsInBucketOf(archive, draft.Manifest.Namespace) == true;

    private static string Where(ExternalCluster cluster) => cluster.Folder switch
    {
        null => "a live server",
        { Store: { } store } => $"in {store.DestinationPath} at {store.EndpointUrl ?? "AWS"}",
        { ObjectStoreName: var name } => $"in ObjectStore {name}",
    };

    private static string FreeName(ClusterDraft draft, string wanted)
    {
        var names = draft.Manifest.ExternalClusters.Select(cluster => cluster.Name).ToHashSet(StringComparer.Ordinal);
        return names.Contains(wanted) ? Enumerable.Range(2, names.Count).Select(number => string.Create(CultureInfo.InvariantCulture, $"{wanted}-{number}")).First(name => !names.Contains(name)) : wanted;
    }

    /// <summary>An entry of its own bucket that names no credentials takes those that the cluster archives with: a restore takes nothing from <c>spec.backup</c>.</summary>
    private static void CompleteCredentials(ClusterDraft draft, string[] store, BackupFolder folder)
    {
        if (draft.Root.Find(store)?.Resolved is not YamlMapping entry || draft.Root.Find("spec", "backup", "barmanObjectStore")?.Resolved is not YamlMapping own
            || !folder.IsInBucketOf(draft.Manifest.Destination!, draft.Manifest.Namespace) || CredentialKeys.Any(key => entry.Find(key) is not null))
        {
            return;
        }

        foreach (var key in CredentialKeys.Append("endpointCA").Where(key => own.Find(key) is not null && entry.Find(key) is null))
        {
            draft.AddEntry([.. store, key], YamlContent.CopyOf(own.Find(key)!, draft.Text.Text, entry.Start));
            (entry, own) = ((YamlMapping)draft.Root.Find(store)!.Resolved!, (YamlMapping)draft.Root.Find("spec", "backup", "barmanObjectStore")!.Resolved!);
        }
    }

    /// <summary>An entry that is no mapping, such as a forgotten dash, would shift the numbers of those behind it.</summary>
    private static void RequireEntries(ClusterDraft draft)
    {
        if ((draft.Root.Find(Place)?.Resolved as YamlSequence)?.Items.Find(item => item.Resolved is not YamlMapping) is { } odd)
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"{draft.File.Path} line {draft.Text.LineNumber(odd.Start)}: an entry of spec.externalClusters is empty, or no mapping",
                "each entry has a name and says where the data is",
                "take it out of the list");
        }
    }

    private static string? FindEntry(ClusterDraft draft, string name)
    {
        var names = draft.Json["spec"].Items("externalClusters").Select(cluster => cluster.Text("name")).ToList();
        var index = names.FindIndex(found => found is not null && (found == name || draft.Expand(found) == draft.Expand(name)));
        return index < 0 ? null : index.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The user's own commented entry made live; null where there is none, or where it reads another bucket than it has to.</summary>
    private static YamlText? Uncommented(ClusterDraft draft, string name, RecoveryRequest request)
    {
        var before = draft.Text;
        if (Uncommented(draft, name) is not { } text)
        {
            return null;
        }

        draft.Text = text;
        var isRight = !IsElsewhere(draft, Entry(draft, name), request);
        draft.Text = before;
        return isRight ? text : null;
    }

    private static ExternalCluster Entry(ClusterDraft draft, string name) => draft.Manifest.ExternalClusters[int.Parse(FindEntry(draft, name)!, CultureInfo.InvariantCulture)];

    private static YamlText? Uncommented(ClusterDraft draft, string name)
    {
        bool IsWanted(YamlNode entry) => entry.Find("name")?.Resolved is YamlScalar found && found.Value == name;
        return draft.Root.Find(Place) is null
            ? CommentEdit.Activate(draft.Text, draft.Document, Place).FirstOrDefault(text =>
                text.Documents[draft.Document].Root.Find(Place) is YamlSequence entries && entries.Items.Exists(IsWanted))
            : CommentEdit.ActivateItem(draft.Text, draft.Document, Place, IsWanted);
    }

    private static YamlText Written(ClusterDraft draft, string name, string? source)
    {
        var spec = (YamlMapping)draft.Root.Find("spec")!.Resolved!;
        var entries = draft.Root.Find(Place)?.Resolved;
        var offset = (entries as YamlSequence)?.End ?? spec.End;
        var item = new YamlContent.Map(("name", new YamlContent.Text(name)), Store(draft, new YamlContent.Text(source ?? name), offset));
        return entries switch
        {
            YamlSequence { Items.Count: > 0 } sequence => YamlEdit.AddItem(draft.Text, sequence, item),
            null => YamlEdit.AddEntry(draft.Text, spec, "externalClusters", new YamlContent.Items(item)),
            _ => YamlEdit.Replace(draft.Text, entries, new YamlContent.Items(item).ToFlow()),
        };
    }

    /// <summary>
    /// The store that the cluster archives to, for the other folder. An anchor is merged, as people write it by hand; without one the entry is
    /// a copy, because a restore takes nothing from <c>spec.backup</c>.
    /// </summary>
    private static (string, YamlContent) Store(ClusterDraft draft, YamlContent serverName, int offset)
    {
        var node = draft.Root.Find("spec", "backup", "barmanObjectStore")?.Resolved;
        if (node is YamlMapping store)
        {
            var entries = store.Anchor is { } anchor && store.Start < offset
                ? [("<<", new YamlContent.Literal($"*{anchor}"))]
                : ((YamlContent.Map)YamlContent.CopyOf(store, draft.Text.Text, offset)).Entries.Where(entry => entry.Key != "serverName");
            return ("barmanObjectStore", new YamlContent.Map([.. entries, ("serverName", serverName)]));
        }

        var plugins = (draft.Root.Find("spec", "plugins")?.Resolved as YamlSequence)?.Items ?? [];
        var barman = plugins.Find(plugin => plugin.Find("name")?.Resolved is YamlScalar { Value: BackupFolder.PluginName });
        if (barman?.Find("parameters", "barmanObjectName") is { } objectName)
        {
            return ("plugin", new YamlContent.Map(
                ("name", new YamlContent.Text(BackupFolder.PluginName)),
                ("parameters", new YamlContent.Map(
                    ("barmanObjectName", YamlContent.CopyOf(objectName, draft.Text.Text, offset)),
                    ("serverName", serverName)))));
        }

        throw new RestoreException(
            ProblemCode.Refused,
            $"{draft.File.Path} names no bucket to recover from",
            "it has neither spec.backup.barmanObjectStore, nor the Barman Cloud plugin in spec.plugins, nor an external cluster with an object store");
    }
}
