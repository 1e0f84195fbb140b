using System.Globalization;
using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>Names the folder that a cluster archives to: a default hides that it is the folder of the cluster before.</summary>
static class DestinationEdit
{
    /// <param name="spec">Where the Cluster's spec stands in the document.</param>
    /// <param name="archiveName">Null keeps the folder and only writes its name down.</param>
    public static void Apply(ClusterDraft draft, string[] spec, string? archiveName)
    {
        if (Place(draft, spec) is not { } place)
        {
            if (archiveName is not null)
            {
                throw new RestoreException(
                    ProblemCode.Refused,
                    $"{draft.File.Path} archives nowhere, so it cannot archive to '{archiveName}'",
                    "it has neither spec.backup.barmanObjectStore nor the Barman Cloud plugin in spec.plugins");
            }

            draft.Notes.Add("the cluster archives nowhere: there will be no backups of it");
            return;
        }

        var isExplicit = (draft.Root.Find(place.AsSpan()[..^1])?.Resolved as YamlMapping)?.Get("serverName") is not null;
        if (archiveName is not null)
        {
            draft.SetText(place, archiveName);
        }
        else if (!isExplicit)
        {
            // The name as written, a Flux variable included: it follows the cluster's name as the default does.
            draft.AddEntry(place, new YamlContent.Text(draft.Json.Text("metadata", "name") ?? ""));
        }
    }

    private static string[]? Place(ClusterDraft draft, string[] spec)
    {
        if (draft.Root.Find([.. spec, "backup", "barmanObjectStore"]) is not null)
        {
            return [.. spec, "backup", "barmanObjectStore", "serverName"];
        }

        var plugins = (draft.Root.Find([.. spec, "plugins"])?.Resolved as YamlSequence)?.Items ?? [];
        var index = plugins.FindIndex(plugin => plugin.Find("name")?.Resolved is YamlScalar { Value: BackupFolder.PluginName });
        return index < 0 ? null : [.. spec, "plugins", index.ToString(CultureInfo.InvariantCulture), "parameters", "serverName"];
    }
}
