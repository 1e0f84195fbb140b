using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Advice;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>What the Cluster will be worth in the next disaster.</summary>
static class BackupChecks
{
    // A base backup of terabytes takes hours; one that has not ended in a day hangs.
    private static readonly TimeSpan Overdue = TimeSpan.FromDays(1);

    private static readonly string[] ChecksumVariables = ["AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"];

    public static IEnumerable<Finding> Configured(Examination exam)
    {
        if (exam is { Live: not null, Manifest.Destination: null } && BackupMethod.OutsideFolder(exam) is null)
        {
            yield return exam.Found(
                ClusterAilments.NoBackupSection, $"cluster {exam.Cluster} takes no backups",
                [new Evidence($"cluster {exam.Cluster}", $"neither spec.backup.barmanObjectStore nor plugin {BackupFolder.PluginName}")]);
        }
    }

    /// <summary>
    /// The newest Backup that has come to an end, or should have. One that is under way says nothing; where all are gone, the Cluster's condition tells
    /// of the last.
    /// </summary>
    public static IEnumerable<Finding> Failing(Examination exam)
    {
        if (exam.State is not { } state)
        {
            yield break;
        }

        var own = exam.Backups.Where(backup => !(backup.Time("metadata", "creationTimestamp") < state.CreatedAt)).ToList();
        var newest = own.Where(backup => HasEnded(backup) || IsOverdue(exam, backup)).MaxBy(backup => backup.Time("metadata", "creationTimestamp"));
        if (newest is not null && newest.Text("status", "phase") != "completed")
        {
            var name = Owned.Name(newest);
            var phase = newest.Text("status", "phase") ?? "not begun";
            var error = newest.Text("status", "error") is { Length: > 0 } text ? $": {text}" : "";
            yield return exam.Found(
                ClusterAilments.BackupsFailing, $"backup {name}, the newest of cluster {exam.Cluster}, {(HasEnded(newest) ? "has failed" : $"is '{phase}' for {Age(exam, newest.Time("metadata", "creationTimestamp"))}")}{error}",
                [new Evidence($"backup {name} in namespace {exam.Namespace}", $"created {newest.Text("metadata", "creationTimestamp")}, status.phase: {phase}{error}"), Last(exam)], ("backup", name));
        }
        else if (newest is null && state.Condition(ClusterCondition.LastBackupSucceeded) is { IsTrue: false, Reason: not "BackupStarted" } condition)
        {
            yield return exam.Found(
                ClusterAilments.BackupsFailing, $"the last backup of cluster {exam.Cluster} has failed: {condition.Message}",
                [new Evidence($"cluster {exam.Cluster}, condition {condition.Type}", $"since {condition.Since?.ToUniversalTime():u}, {condition.Reason}: {condition.Message}"), Last(exam)])
                with { Command = $"kubectl get backups.postgresql.cnpg.io -n {exam.Namespace}" };
        }
    }

    private static bool HasEnded(JsonObject backup) => backup.Text("status", "phase") is "completed" or "failed" or "invalid backup definition";

    private static bool IsOverdue(Examination exam, JsonObject backup) => backup.Time("metadata", "creationTimestamp") < exam.Time - Overdue;

    /// <summary>How much would be lost: what a recovery would begin with.</summary>
    private static Evidence Last(Examination exam) => exam switch
    {
        { Bucket.IsRead: false } => new Evidence("the bucket", "was not read: how old the newest usable base backup is, is not known"),
        _ when exam.Bucket.Find(exam.ArchiveName)?.State.Catalog.Usable.LastOrDefault() is { } last => new Evidence(
            $"{exam.Bucket.Address}/{exam.ArchiveName}/", $"newest usable base backup {last.Id}, {Age(exam, last.Extent?.EndTime)} old"),
        _ => new Evidence($"{exam.Bucket.Address}/{exam.ArchiveName}/", "no usable base backup"),
    };

    private static string Age(Examination exam, DateTimeOffset? since) => since is { } time ? Spoken.Duration(exam.Time - time) : "an unknown time";

    /// <summary>It is older than the Cluster, and the Cluster has no base backup yet: nobody has looked at what it holds.</summary>
    public static IEnumerable<Finding> Scheduled(Examination exam)
    {
        if (exam.State is not { CreatedAt: { } created } || !exam.Bucket.IsRead || exam.Bucket.Find(exam.ArchiveName) is { State.HasBackup: true })
        {
            yield break;
        }

        foreach (var scheduled in exam.ScheduledBackups.Where(item => BackupMethod.IsOfFolder(item) && item.Flag("spec", "suspend") != true && item.Time("metadata", "creationTimestamp") < created))
        {
            var name = Owned.Name(scheduled);
            yield return exam.Found(
                ClusterAilments.ScheduledOnFresh, $"scheduledbackup {name} is older than cluster {exam.Cluster} and fires against it",
                [new Evidence($"scheduledbackup {name} in namespace {exam.Namespace}", $"created {scheduled.Text("metadata", "creationTimestamp")}, schedule {scheduled.Text("spec", "schedule")}"),
                 new Evidence($"cluster {exam.Cluster}", $"created {created.ToUniversalTime():u}")],
                ("name", name));
        }
    }

    /// <summary>Only of a manifest that somebody will use again: a file, or what GitOps keeps.</summary>
    public static IEnumerable<Finding> Outdated(Examination exam)
    {
        var manifest = exam.Written ?? (exam.Owners.Count > 0 ? exam.Manifest : null);
        if (exam.HasPrimary && manifest is { Method: BootstrapMethod.Recovery, Source: { } source } && exam.Manifest?.Destination is { } archive && source.ServerName != archive.ServerName
            && exam.Bucket.Find(archive.ServerName) is { State.HasBackup: true } present)
        {
            yield return exam.Found(
                ClusterAilments.SourceOutdated, $"the manifest recovers from {source.ServerName}/, and the Cluster archives to {archive.ServerName}/",
                [new Evidence(exam.Written is null ? $"cluster {exam.Cluster}, which Git owns" : "the file", $"bootstrap.recovery reads {source.ServerName}/"),
                 new Evidence($"{exam.Bucket.Address}/{archive.ServerName}/", $"newest usable base backup {present.State.Newest}")],
                ("folder", archive.ServerName));
        }
    }

    public static IEnumerable<Finding> InTree(Examination exam)
    {
        if (exam is { Live: not null, Manifest.Destination.IsPlugin: false })
        {
            yield return exam.Found(ClusterAilments.InTree, $"cluster {exam.Cluster} archives in-tree", [new Evidence($"cluster {exam.Cluster}", "spec.backup.barmanObjectStore")]);
        }
    }

    public static IEnumerable<Finding> Checksums(Examination exam)
    {
        if (exam is not { Live: not null, Manifest.Destination: { Store.EndpointUrl: { } endpoint } archive } || endpoint.Contains(".amazonaws.com", StringComparison.Ordinal))
        {
            yield break;
        }

        var place = archive.IsPlugin ? $"objectstore {archive.ObjectStoreName}" : $"cluster {exam.Cluster}";
        var variables = archive.IsPlugin
            ? exam.ObjectStores.FirstOrDefault(store => Owned.Name(store) == archive.ObjectStoreName).Items("spec", "instanceSidecarConfiguration", "env")
            : exam.Live.Items("spec", "env");
        var missing = ChecksumVariables.Except(variables.Select(variable => variable.Text("name")).OfType<string>()).ToList();
        if (missing.Count > 0)
        {
            yield return exam.Found(ClusterAilments.ChecksumVariables, $"{place} does not set {string.Join(" and ", missing)}", [new Evidence(place, $"endpointURL: {endpoint}")]);
        }
    }
}
