using System.Text.Json.Nodes;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Postgres;
using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>Writes <c>bootstrap.recovery.recoveryTarget</c> so that it says the target and nothing else.</summary>
static class RecoveryTargetEdit
{
    private static readonly string[] Place = ["spec", "bootstrap", "recovery", "recoveryTarget"];

    /// <exception cref="RestoreException">The target is of a kind that does not choose a base backup, and none is pinned.</exception>
    public static void Apply(ClusterDraft draft, RecoveryTarget target, BackupId? backup)
    {
        // The operator chooses a backup by time and by LSN only ([cloudnative-pg] internal/webhook/v1/cluster_webhook.go: BackupID is missing).
        if (backup is null && target is RecoveryTarget.Xid or RecoveryTarget.Name or RecoveryTarget.Immediate)
        {
            throw new RestoreException(
                ProblemCode.Usage,
                $"the target '{target}' does not tell which base backup to start from",
                "the operator refuses a recoveryTarget with targetXID, targetName or targetImmediate and without backupID",
                draft.Command($"{Option(target)} --backup-id 20260301T020000"));
        }

        var wanted = Entries(target, backup);
        if (draft.Root.Find(Place) is null && wanted.Count > 0 &&
            CommentEdit.Activate(draft.Text, draft.Document, Place).FirstOrDefault() is { } uncommented)
        {
            draft.Text = uncommented;
        }

        if (draft.Root.Find(Place) is null)
        {
            if (wanted.Count > 0)
            {
                draft.AddEntry(Place, new YamlContent.Map([.. wanted.Select(entry => (entry.Key, entry.Value))]));
            }

            return;
        }

        if (wanted.Count == 0)
        {
            BootstrapEdit.Silence(draft, Place);
            draft.Notes.Add("the manifest's recoveryTarget is a comment now: without a target, recovery goes to the end of the archive");
            return;
        }

        foreach (var entry in wanted)
        {
            Set(draft, [.. Place, entry.Key], entry.Value);
        }

        var present = (draft.Root.Find(Place)?.Resolved as YamlMapping)?.Entries.Select(entry => entry.Name).OfType<string>() ?? [];
        foreach (var key in present.Where(key => !wanted.ContainsKey(key)).ToList())
        {
            if (key == "targetTLI" && draft.Json.Text([.. Place, key]) is { } timeline and not "latest")
            {
                draft.Notes.Add($"the manifest's targetTLI ({timeline}) is a comment now: recovery follows the newest timeline that leads on from the base backup");
            }

            BootstrapEdit.Silence(draft, [.. Place, key]);
        }
    }

    /// <summary>Whether a Cluster is told to recover to this target, from this base backup.</summary>
    internal static bool IsSaidBy(ClusterManifest found, RecoveryTarget target, BackupId? backup)
    {
        var wanted = Entries(target, backup).ToDictionary(entry => entry.Key, entry => Meaning(entry.Value).Text());
        var said = found.RecoveryTarget.Where(entry => entry.Value != "false").ToDictionary();
        return said.Count == wanted.Count && wanted.All(entry => said.GetValueOrDefault(entry.Key) == entry.Value);
    }

    /// <summary>The keys as the operator reads them. Times are UTC with Z: any other form is read in more than one way.</summary>
    internal static Dictionary<string, YamlContent> Entries(RecoveryTarget target, BackupId? backup)
    {
        var entries = new Dictionary<string, YamlContent>();
        if (backup is { } id)
        {
            entries["backupID"] = Quoted(id.ToString());
        }

        var (key, value, inclusive) = target switch
        {
            RecoveryTarget.Latest => ("", "", true),
            RecoveryTarget.Immediate => ("targetImmediate", "true", true),
            RecoveryTarget.Time time => ("targetTime", time.Moment.ToString(), time.Inclusive),
            RecoveryTarget.Lsn lsn => ("targetLSN", lsn.Position.ToString(), lsn.Inclusive),
            RecoveryTarget.Xid xid => ("targetXID", xid.Transaction.ToString(), xid.Inclusive),
            RecoveryTarget.Name name => ("targetName", name.RestorePoint.ToString(), true),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (key.Length > 0)
        {
            entries[key] = key == "targetImmediate" ? new YamlContent.Literal(value) : Quoted(value);
        }

        if (!inclusive)
        {
            entries["exclusive"] = new YamlContent.Literal("true");
        }

        return entries;
    }

    private static string Option(RecoveryTarget target) => target switch
    {
        RecoveryTarget.Xid xid => $"--target-xid {xid.Transaction}",
        RecoveryTarget.Name name => $"--target-name {name.RestorePoint}",
        _ => "--target-immediate",
    };

    private static YamlContent.Literal Quoted(string value) => new(YamlContent.Quote(value));

    private static JsonNode? Meaning(YamlContent value) => YamlMeaning.ToJson(YamlText.Parse(value.ToFlow(), "value").Documents[0].Root);

    private static void Set(ClusterDraft draft, string[] path, YamlContent value)
    {
        var said = Meaning(value);
        switch (draft.Root.Find(path))
        {
            case null:
                draft.AddEntry(path, value);
                break;
            case { } node when YamlMeaning.Differences(YamlMeaning.ToJson(node), said).Any():
                draft.Text = YamlEdit.Replace(draft.Text, node, value.ToFlow());
                break;
            default:
                break;
        }
    }
}
