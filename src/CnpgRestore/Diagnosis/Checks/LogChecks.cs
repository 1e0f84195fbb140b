using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Recovery;
using CnpgRestore.Manifests;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>What the containers of the Cluster say, with the signatures that from-backup watches for, too.</summary>
static class LogChecks
{
    // Enough to see it twice, too few to hide what else is there.
    private const int LinesShown = 3;

    /// <summary>A pod asks with HEAD, whose 403 has no words; what was answered here to the same key tells which of the three it is.</summary>
    private static readonly string[] Denials = [StoreAilments.SecretKeyWrong.Id, StoreAilments.AccessKeyUnknown.Id, StoreAilments.PermissionMissing.Id];

    private static readonly string[] TellsNoReason = ["unexpected failure invoking barman-cloud-wal-archive"];

    /// <summary>
    /// The containers that speak of the present: the recovery's while there is no primary, those of a Job that has failed since, and the instances'
    /// while something is wrong with them.
    /// </summary>
    public static IEnumerable<ContainerLog> Speaking(Examination exam)
    {
        var failed = InstanceJobs.FailedUpgrades(exam).Concat(InstanceJobs.FailedJoins(exam)).Select(Owned.Name).ToHashSet(StringComparer.Ordinal);
        return exam.Logs.Where(log => exam.Pods.Any(pod => Owned.Name(pod) == log.Pod && exam.IsOfCluster(pod)))
            .Where(log => log.Job is null ? !exam.IsWell : !exam.HasPrimary || failed.Contains(log.Job));
    }

    public static IEnumerable<Finding> Recovery(Examination exam)
    {
        var known = Speaking(exam)
            .SelectMany(log => log.Lines.Select(line => (Log: log, Record: LogRecord.Parse(line))))
            .Select(said => (said.Log, said.Record, Failure: RecoveryFailure.Find(said.Record)))
            .Where(said => said.Failure is not null && !StandbyChecks.Explains(exam, said.Log, said.Record.Text))
            .Select(said => (said.Log, said.Record, said.Failure, Ailment: LogMeaning.Of(exam, said.Log, said.Failure!, said.Record.Text)))
            .Where(said => IsOwnMatter(exam, said.Ailment) && !IsOver(exam, said.Log, said.Ailment))
            .GroupBy(said => said.Ailment)
            .ToList();
        // That the question failed is the consequence of what kept it from the bucket.
        var isClosed = known.Any(group => Ailments.Of(group.Key).Stage == Stage.Access) || AccessChecks.Secrets(exam).Concat(AccessChecks.Bucket(exam)).Any();
        foreach (var group in known.Where(group => !(isClosed && group.Key == ReplayAilments.FirstWalNotAsked.Id)))
        {
            var evidence = group.DistinctBy(said => (said.Log.Place, said.Record.Text)).TakeLast(LinesShown).Select(said => new Evidence(said.Log.Place, said.Record.Text)).ToList();
            var (first, ailment) = (group.First(), Ailments.Of(group.Key));
            var permission = group.Key != StoreAilments.PermissionMissing.Id ? null : evidence.Select(item => AccessChecks.PermissionIn(item.Text)).FirstOrDefault(found => found is not null);
            yield return exam.Found(
                ailment, permission is not null ? $"Access denied: the key lacks {permission}" : group.Key == first.Failure!.Ailment ? first.Failure.Message : ailment.Title, evidence,
                ("folder", FolderOf(exam, first.Log)?.ServerName ?? "NAME"), ("store", FolderOf(exam, first.Log)?.ObjectStoreName ?? ""), ("pod", first.Log.Pod), ("claim", FullVolume.ClaimOf(exam, first.Log, first.Record.Text)), ("secret", exam.Secrets.FirstOrDefault(shape => shape.Field == "accessKeyId")?.Secret ?? "NAME"));
        }

        foreach (var finding in HiddenByPlugin(exam))
        {
            yield return finding;
        }
    }

    /// <summary>Others look closer at these: why the archive is not empty, why there is no backup, what keeps WAL from the bucket.</summary>
    private static bool IsOwnMatter(Examination exam, string ailment) =>
        ailment != StoreAilments.EmptyArchive.Id
        && !(ailment == StoreAilments.CannotFindBackup.Id && FolderChecks.ExplainsMissingBackup(exam))
        && !(exam.Secrets.Any(shape => shape.IsMissing || shape.IsEmpty || shape.EndsInNewline) && Denials.Contains(ailment))
        && AccessChecks.Bucket(exam).All(finding => finding.Id != ailment && !(ailment == StoreAilments.PermissionMissing.Id && Denials.Contains(finding.Id)));

    /// <summary>The instance reaches the bucket by now: it archives, and the operator has said so since.</summary>
    private static bool IsOver(Examination exam, ContainerLog log, string ailment) =>
        log.Job is null && exam is { State.IsArchiving: true, IsStatusStale: false } && Ailments.Of(ailment).Stage == Stage.Access;

    private static BackupFolder? FolderOf(Examination exam, ContainerLog log) => (log.Job is null ? null : exam.Manifest?.Source) ?? exam.Manifest?.Destination;

    /// <summary>The main container tells nothing but that something failed; where to look is a finding of its own.</summary>
    private static IEnumerable<Finding> HiddenByPlugin(Examination exam)
    {
        var hidden = Speaking(exam).Where(log => log.Container == CnpgNames.RecoveryContainer)
            .Select(log => (Log: log, Line: log.Lines.Select(LogRecord.Parse).LastOrDefault(record => record.Text.Contains("rpc error", StringComparison.Ordinal) && TellsNoReason.Any(words => record.Text.Contains(words, StringComparison.Ordinal)))))
            .FirstOrDefault(said => said.Line is not null);
        if (hidden.Line is { } line)
        {
            yield return exam.Found(
                RecoveryAilments.PluginErrorHidden, $"container {CnpgNames.RecoveryContainer} of pod {hidden.Log.Pod} gives no reason; {CnpgNames.PluginContainer} does",
                [new Evidence(hidden.Log.Place, line.Text)], ("pod", hidden.Log.Pod));
        }
    }
}
