using System.Text.Json.Nodes;
using CnpgRestore.Postgres;
using CnpgRestore.Yaml;

namespace CnpgRestore.Manifests;

/// <summary>The same requests where the Cluster is made by the chart <c>cluster</c>: its values have other keys, and fewer.</summary>
static class ChartEdit
{
    private static readonly string[] Values = ["spec", "values"];
    private static readonly string[] Recovery = [.. Values, "recovery"];

    // What describes a bucket below 'backups' and, with the same keys, below 'recovery'. The keys themselves (s3.accessKey) are not copied.
    private static readonly string[] StoreKeys = ["endpointURL", "endpointCA", "destinationPath", "provider"];
    private static readonly string[] S3Keys = ["region", "bucket", "path", "inheritFromIAMRole"];

    public static void ToRecovery(ClusterDraft draft, RecoveryRequest request)
    {
        var time = TargetTime(draft, request);
        RefuseArchiveName(draft, request.ArchiveName);
        var json = draft.Json.At(Values);
        var source = request.Source ?? (json.Text("recovery", "clusterName") is { Length: > 0 } said ? said : null) ?? throw new RestoreException(
            ProblemCode.Usage,
            $"{draft.File.Path} does not say which folder to recover from",
            "values.recovery.clusterName is empty",
            draft.Command("--source NAME"));
        var application = request.Application ?? Recovered(json) ?? ApplicationDatabase.Read(json.At("cluster", "initdb")) ??
            throw new RestoreException(
                ProblemCode.Refused,
                $"{draft.File.Path} does not say which database and owner the cluster had",
                "left out, the chart takes 'app' for both and an empty database of that name appears beside the recovered ones",
                draft.Command("--database NAME --owner NAME"));

        draft.SetText([.. Values, "mode"], "recovery");
        draft.SetText([.. Recovery, "method"], "object_store");
        draft.SetText([.. Recovery, "clusterName"], source);
        draft.SetText([.. Recovery, "database"], application.Database);
        draft.SetText([.. Recovery, "owner"], application.Owner);
        CopyStore(draft);
        if (time is not null || json.Text("recovery", "pitrTarget", "time") is { Length: > 0 })
        {
            draft.SetText([.. Recovery, "pitrTarget", "time"], time ?? "");
        }

        if (application.Secret is { } secret)
        {
            draft.Notes.Add($"the chart has no value for the owner's Secret in recovery mode: '{secret}' is not used, the operator generates a password");
        }
    }

    public static void ToInitdb(ClusterDraft draft, InitdbRequest request)
    {
        RefuseArchiveName(draft, request.ArchiveName);
        var json = draft.Json.At(Values);
        var application = request.Application ?? ApplicationDatabase.Read(json.At("cluster", "initdb")) ?? Recovered(json) ??
            throw new RestoreException(
                ProblemCode.Refused,
                $"{draft.File.Path} does not say which database and owner the cluster shall have",
                hint: draft.Command("--database NAME --owner NAME"));
        draft.SetText([.. Values, "mode"], "standalone");
        draft.SetText([.. Values, "cluster", "initdb", "database"], application.Database);
        draft.SetText([.. Values, "cluster", "initdb", "owner"], application.Owner);
        if (application.Secret is { } secret)
        {
            draft.SetText([.. Values, "cluster", "initdb", "secret", "name"], secret);
        }
    }

    // recovery.secret is the bucket's Secret, not the owner's.
    private static ApplicationDatabase? Recovered(JsonNode? values) =>
        ApplicationDatabase.Read(values.At("recovery")) is { } found ? found with { Secret = null } : null;

    private static string? TargetTime(ClusterDraft draft, RecoveryRequest request) => (request.Target, request.BackupId) switch
    {
        (RecoveryTarget.Latest, null) => null,
        (RecoveryTarget.Time { Inclusive: true } time, null) => time.Moment.ToString(),
        _ => throw new RestoreException(
            ProblemCode.Refused,
            request.BackupId is { } id
                ? $"the values of the chart 'cluster' in {draft.File.Path} cannot pin base backup {id}"
                : $"the values of the chart 'cluster' in {draft.File.Path} cannot say '{request.Target}'",
            "the chart has recovery.pitrTarget.time and nothing else; a Cluster manifest in its place can say all targets",
            draft.Command("--target-time 2026-03-01T10:00:00Z")),
    };

    private static void RefuseArchiveName(ClusterDraft draft, string? archiveName)
    {
        if (archiveName is not null)
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"the values of the chart 'cluster' in {draft.File.Path} cannot name the folder to archive to",
                $"the chart archives to the cluster's own name, '{draft.Manifest.Name}'; move the old folder away instead",
                $"cnpg-restore rename {draft.Manifest.Name} {draft.Manifest.Name}-backup -r");
        }
    }

    private static void CopyStore(ClusterDraft draft)
    {
        var values = draft.Json.At(Values);
        if (values.Text("recovery", "destinationPath") is { Length: > 0 } || values.Text("recovery", "s3", "bucket") is { Length: > 0 })
        {
            return;
        }

        foreach (var key in StoreKeys.Select(key => new[] { key }).Concat(S3Keys.Select(key => new[] { "s3", key })))
        {
            if (draft.Root.Find([.. Values, "backups", .. key]) is { } node && values.Text(["recovery", .. key]) is null or "")
            {
                Put(draft, [.. Recovery, .. key], node);
            }
        }

        var secret = ChartValues.SecretName(draft.Expanded(), "backups");
        if (values.Flag("backups", "s3", "inheritFromIAMRole") != true)
        {
            if (draft.Root.Find([.. Recovery, "secret", "create"]) is null)
            {
                draft.AddEntry([.. Recovery, "secret", "create"], new YamlContent.Literal("false"));
            }

            draft.SetText([.. Recovery, "secret", "name"], secret);
        }
    }

    private static void Put(ClusterDraft draft, string[] path, YamlNode node)
    {
        if (draft.Root.Find(path) is { } present)
        {
            draft.Text = YamlEdit.Replace(draft.Text, present, YamlContent.CopyOf(node, draft.Text.Text, present.Start).ToFlow());
        }
        else
        {
            draft.AddEntry(path, YamlContent.CopyOf(node, draft.Text.Text, draft.Root.End));
        }
    }
}
