using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Manifests;
using CnpgRestore.Postgres;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>What a recovery that seems to have succeeded has not brought back, and what it cannot.</summary>
static class RecoveryChecks
{
    /// <summary>
    /// PostgreSQL noted in the history of its new timeline where the replay ended; the source has whole segments behind that. With a target that is
    /// as asked for. A source that a living cluster still archives to has them all the same: it went on after the recovery had ended.
    /// </summary>
    public static IEnumerable<Finding> EarlyPromotion(Examination exam)
    {
        if (exam is not { HasPrimary: true, Manifest: { Method: BootstrapMethod.Recovery, Replica: null, Source: { } source, Destination: { } archive } manifest } || source.ServerName == archive.ServerName
            || manifest.RecoveryTarget.Keys.Any(key => key is not ("backupID" or "targetTLI")))
        {
            yield break;
        }

        if (exam.OtherFolders.Any(other => other.MayBe(source.ServerName, archive, exam.Namespace)) || exam.Bucket.Find(source.ServerName) is not { } from || exam.Bucket.Find(archive.ServerName) is not { } to || from.SystemIdentifier != exam.State!.SystemIdentifier?.ToString())
        {
            yield break;
        }

        // The oldest history is the one that the recovery itself began; later ones are failovers of the new cluster.
        if (to.State.Archive.Histories.Values.MinBy(history => history.Timeline) is not { Parent: { } left } history || from.State.Archive.Timelines.Count == 0
            || from.State.Archive.Newest?.LastModified > to.State.Archive.HistoryFiles[history.Timeline].Object.LastModified)
        {
            yield break;
        }

        var newest = from.State.Archive.Timelines[^1];
        var coverage = from.State.Archive.Coverage(newest, from.State.Catalog.SegmentSize);
        if (coverage.Runs is [.., var last] && (left.Timeline < newest || (left.Timeline == newest && last.Last > LastReplayed(left.SwitchLsn, from.State.Catalog.SegmentSize))))
        {
            yield return exam.Found(
                HistoryChecks.IsCutAtFork(from, left, newest) ? ReplayAilments.CutAtFork : RecoveryAilments.EarlyPromotion, $"the recovery ended at {left.SwitchLsn} on timeline {left.Timeline}, and {source.ServerName}/ goes on to {coverage.Name(last.Last)}",
                [new Evidence($"{exam.Bucket.Address}/{archive.ServerName}/", $"history: timeline {left.Timeline} was left at {left.SwitchLsn} ({left.Reason})"),
                 new Evidence($"{exam.Bucket.Address}/{source.ServerName}/", $"last WAL segment {coverage.Name(last.Last)}")],
                ("folder", source.ServerName));
        }
    }

    /// <summary>The segment of the last byte that was replayed: a position at the very beginning of a segment says that nothing of it was.</summary>
    private static ulong LastReplayed(Lsn end, WalSegmentSize size) => (Math.Max(end.Value, 1) - 1) / (ulong)size.Bytes;

    /// <summary>Told before the Job tries; where its log tells it already, the log is the better evidence.</summary>
    public static IEnumerable<Finding> Major(Examination exam)
    {
        if (!exam.AwaitsRecovery || exam.Manifest is not { PostgresMajor: { } major, Source: { } source } || LogChecks.Recovery(exam).Any(finding => finding.Id == RecoveryAilments.MajorVersion.Id))
        {
            yield break;
        }

        if (exam.Bucket.Find(source.ServerName)?.State.Catalog.Usable.LastOrDefault() is { Extent.Version.Major: var written } backup && written != major)
        {
            yield return exam.Found(
                RecoveryAilments.MajorVersion, $"the image is of PostgreSQL {major}, base backup {backup.Id} is of PostgreSQL {written}",
                [new Evidence($"cluster {exam.Cluster}", $"image {exam.Manifest.ImageName}"), new Evidence($"{exam.Bucket.Address}/{source.ServerName}/", $"base backup {backup.Id}: {backup.Extent.Version}")]);
        }
    }

    public static IEnumerable<Finding> ExtraDatabase(Examination exam)
    {
        if (exam is { Manifest: { Method: BootstrapMethod.Recovery, Application.Database: "app" } } && exam.Databases.TryGetValue("app", out var relations) && relations == 0
            && exam.Databases.Where(database => database.Key is not ("app" or "postgres") && database.Value > 0).ToList() is { Count: > 0 } filled)
        {
            yield return exam.Found(
                ClusterAilments.ExtraApp, $"database app is empty; what was restored is {string.Join(", ", filled.Select(database => database.Key))}",
                [new Evidence($"cluster {exam.Cluster}, bootstrap.recovery", $"database: app, owner: {exam.Manifest.Application.Owner} (the defaults)"),
                 .. exam.Databases.Select(database => new Evidence($"database {database.Key}", $"{database.Value} relations"))],
                ("pod", exam.State!.CurrentPrimary ?? ""));
        }
    }
}
