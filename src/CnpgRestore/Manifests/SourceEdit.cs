using System.Globalization;
using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>Gives the recovery its entry in <c>spec.externalClusters</c>, with an object store of its own and an explicit server name.</summary>
static class SourceEdit
{
    private static readonly string[] Place = ["spec", "externalClusters"];
    private static readonly string[] SourcePlace = ["spec", "bootstrap", "recovery", "source"];

    /// <summary>The name that a newly written recovery refers to: the entry that reads the wanted folder, else the only one that reads any.</summary>
    public static string ChooseName(ClusterDraft draft, string? source)
    {
        if (draft.Root.Find(Place) is null && CommentEdit.Activate(draft.Text, draft.Document, Place).FirstOrDefault() is { } uncommented)
        {
            AnchorEdit.RequireResolved(uncommented);
            draft.Text = uncommented;
        }

        var folders = draft.Manifest.ExternalClusters.Where(cluster => cluster.Folder is not null).ToList();
        var chosen = source is null
            ? folders is [var only] ? only : null
            : folders.Find(cluster => cluster.Folder!.ServerName == source) ?? folders.Find(cluster => cluster.Name == source);
        return chosen?.Name ?? source ?? throw new RestoreException(
            ProblemCode.Usage,
            $"{draft.File.Path} does not say which folder to recover from",
            folders.Count == 0 ? "it has no external cluster with an object store" : $"it has {folders.Count}: {string.Join(", ", folders.Select(cluster => cluster.Name))}",
            draft.Command("--source NAME"));
    }

    public static void Apply(ClusterDraft draft, string? source)
    {
        RequireEntries(draft);
        var name = draft.Json.Text(SourcePlace);
        if (name is null)
        {
            // A recovery from a Backup object or from snapshots: the folder takes its place.
            name = ChooseName(draft, source);
            draft.AddEntry(SourcePlace, new YamlContent.Text(name));
        }

        foreach (var other in new[] { "backup", "volumeSnapshots" }.Where(other => draft.Root.Find("spec", "bootstrap", "recovery", other) is not null))
        {
            BootstrapEdit.Silence(draft, ["spec", "bootstrap", "recovery", other]);
            draft.Notes.Add($"bootstrap.recovery.{other} is a comment now: the recovery reads the folder in the bucket");
        }

        if (FindEntry(draft, name) is null)
        {
            draft.Text = Uncommented(draft, name) ?? Written(draft, name, source);
        }

        var index = FindEntry(draft, name)!;
        string[] entry = [.. Place, index];
        string[] inTree = [.. entry, "barmanObjectStore"];
        string[] store = draft.Root.Find(inTree) is not null ? inTree : [.. entry, "plugin", "parameters"];
        var folder = draft.Manifest.ExternalClusters[int.Parse(index, CultureInfo.InvariantCulture)].Folder ?? throw new RestoreException(
            ProblemCode.Refused,
            $"the external cluster '{name}' in {draft.File.Path} is a live server, not a folder in a bucket",
            hint: draft.Command("--source NAME"));
        var isOwn = (draft.Root.Find(store) as YamlMapping)?.OwnEntry("serverName") is not null;
        if (source is not null || !isOwn)
        {
            draft.SetText([.. store, "serverName"], source ?? folder.ServerName, SourcePlace, [.. entry, "name"], ["spec", "replica", "source"]);
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
