using System.Globalization;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Findings;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Manifests;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>The folders that a Cluster reads and writes, and those that were left.</summary>
static class FolderChecks
{
    /// <summary>The folder that a recovery will read is not there, or nothing in it can be restored.</summary>
    public static IEnumerable<Finding> Source(Examination exam)
    {
        if (!exam.Bucket.IsRead)
        {
            yield break;
        }

        if (exam.Bucket.Names.Count == 0)
        {
            if (exam.Manifest is null || exam.AwaitsRecovery || exam.Live is null)
            {
                yield return Empty(exam);
            }
        }
        else if (exam.Manifest is null)
        {
            var asked = exam.Server ?? exam.Cluster;
            if (!exam.Bucket.Names.Contains(asked))
            {
                yield return Missing(exam, asked) with { Command = exam.ListBucket };
            }
        }
        else if (exam.AwaitsRecovery && exam.Manifest.Source is { } source && IsInBucket(exam, source) && exam.Bucket.Find(source.ServerName) is not { State.HasBackup: true })
        {
            yield return !source.IsExplicit ? ByDefault(exam, source) : exam.Bucket.Names.Contains(source.ServerName) ? Unusable(exam, source.ServerName) : Missing(exam, source.ServerName);
        }
        else if (exam is { Live: null, KnowsCluster: true } && exam.Manifest.Destination is { } archive && exam.Bucket.Folders.All(folder => !folder.State.HasBackup))
        {
            yield return Unusable(exam, archive.ServerName);
        }
    }

    public static bool ExplainsMissingBackup(Examination exam) => Source(exam).Any();

    /// <summary>The manifest reads a folder of an earlier incident; the newer backups are in the one that a rename would bring there.</summary>
    public static IEnumerable<Finding> Target(Examination exam)
    {
        if (exam is { Live: null, Manifest: { Method: BootstrapMethod.Recovery, Source: { } source, Destination: { } archive } } && source.ServerName != archive.ServerName
            && exam.Bucket.Find(source.ServerName) is { State.HasBackup: true } old && exam.Bucket.Find(archive.ServerName) is { State.HasBackup: true } newer && Nullable.Compare(newer.State.Newest, old.State.Newest) > 0)
        {
            yield return exam.Found(
                StoreAilments.TargetFolderExists, $"{newer.Name}/ holds the newer backups, and {old.Name}/, which the manifest recovers from, is there already",
                [new Evidence(PlaceOf(exam, old.Name), $"newest usable base backup {old.State.Newest}"), new Evidence(PlaceOf(exam, newer.Name), $"newest usable base backup {newer.State.Newest}")]);
        }
    }

    /// <summary>What the folder itself shows: of the archive, and of the source while a recovery is to come.</summary>
    public static IEnumerable<Finding> Content(Examination exam)
    {
        if (!exam.Bucket.IsRead)
        {
            yield break;
        }

        var (archive, source) = (exam.ArchiveName, exam.AwaitsRecovery ? exam.Manifest?.Source?.ServerName : null);
        // Where nothing is usable, that is the finding.
        foreach (var folder in exam.Bucket.Folders.Where(folder => (folder.Name == archive || folder.Name == source) && folder.State.HasBackup))
        {
            var end = folder.Name == archive ? EndNotArchived(exam, folder) : null;
            if (end is not null)
            {
                yield return end;
            }

            foreach (var group in folder.Findings.Where(finding => finding.Severity == FindingSeverity.Error && !(end is not null && IsOfUnusable(finding))).GroupBy(finding => AilmentOf(finding.Kind)))
            {
                yield return exam.Found(
                    group.Key, $"{folder.Name}/: {group.First().Text}", group.Select(finding => new Evidence(PlaceOf(exam, folder.Name), finding.Evidence is null ? finding.Text : $"{finding.Text}; {finding.Evidence}")),
                    ("folder", folder.Name));
            }
        }

        if (exam.HasPrimary && exam.Manifest?.Destination is { } destination && exam.Bucket.Find(destination.ServerName) is not { State.HasBackup: true } && BackupMethod.OutsideFolder(exam) is null)
        {
            yield return EndNotArchived(exam, exam.Bucket.Find(destination.ServerName)) ?? exam.Found(
                ClusterAilments.NoUsableBackup, $"{destination.ServerName}/ has no usable base backup", [new Evidence(PlaceOf(exam, destination.ServerName), Content(exam.Bucket.Find(destination.ServerName)))]);
        }
    }

    /// <summary>
    /// The newest base backup lacks nothing but the segment that it ends in, and nothing behind that has come: the primary has not filled it yet
    /// (https://github.com/cloudnative-pg/plugin-barman-cloud/issues/652). Another backup would end in the same way.
    /// </summary>
    private static Finding? EndNotArchived(Examination exam, FolderExamination? folder)
    {
        if (!exam.HasPrimary || folder?.State.Catalog.Backups is not [.., { State: BackupState.Incomplete, Extent: { } extent } backup])
        {
            return null;
        }

        var coverage = folder.State.Archive.Coverage(extent.Timeline, extent.SegmentSize);
        return coverage.FirstMissing(extent.BeginWal, extent.EndWal) != extent.EndWal || coverage.HasAny(extent.EndWal.Number(extent.SegmentSize), ulong.MaxValue) ? null : exam.Found(
            ReplayAilments.BackupEndNotArchived, $"base backup {backup.Id} ends in {extent.EndWal}, which is not archived yet", [new Evidence(PlaceOf(exam, folder.Name), backup.Why ?? $"no {extent.EndWal}")])
            with { Command = $"kubectl exec -n {exam.Namespace} {exam.State!.CurrentPrimary} -c postgres -- psql -c 'SELECT pg_switch_wal()'" };
    }

    private static bool IsOfUnusable(Barman.Findings.Finding finding) => finding.Kind is "incomplete-backup" or "cnpg-chooses-unusable-backup";

    public static IEnumerable<Finding> FormerFolders(Examination exam)
    {
        if (!exam.HasPrimary || exam.Manifest?.Destination is not { } archive)
        {
            yield break;
        }

        foreach (var folder in exam.Bucket.Folders.Where(folder => folder.Name != archive.ServerName && !exam.OtherFolders.Any(other => other.MayBe(folder.Name, archive, exam.Namespace))))
        {
            var written = folder.State.Archive.Newest?.LastModified;
            yield return exam.Found(
                ClusterAilments.OldFolder, $"{folder.Name}/ holds {folder.Size}, and no Cluster that can be seen archives there",
                [new Evidence(PlaceOf(exam, folder.Name), string.Create(CultureInfo.InvariantCulture, $"{Content(folder)}, last written {written?.ToUniversalTime():u}"))], ("folder", folder.Name));
        }
    }

    /// <summary>What a wrong bucket, endpoint or prefix looks like; nothing is to be recovered before that is known.</summary>
    private static Finding Empty(Examination exam) => exam.Found(
        StoreAilments.BucketEmpty, $"{exam.Bucket.Address} holds no server folder at all", [new Evidence(exam.Bucket.Address!, $"no folder with base/ or wals/; endpoint {exam.Bucket.Endpoint ?? "of AWS"}")])
        with { Command = exam.ListBucket };

    private static Finding Missing(Examination exam, string folder) => exam.Found(
        StoreAilments.SourceFolderMissing, $"Source folder does not exist: {folder}/ in {exam.Bucket.Address}",
        [new Evidence(exam.Bucket.Address!, $"server folders there: {(exam.Bucket.Names.Count == 0 ? "none" : string.Join(", ", exam.Bucket.Names))}")], ("folder", Better(exam)));

    private static Finding Unusable(Examination exam, string folder) => exam.Found(
        StoreAilments.CannotFindBackup, $"Cannot find backup: {folder}/ has no usable base backup", [new Evidence(PlaceOf(exam, folder), Content(exam.Bucket.Find(folder)))], ("folder", folder));

    private static Finding ByDefault(Examination exam, BackupFolder source)
    {
        return exam.Found(
            StoreAilments.ServerNameDefault, $"the source has no serverName, so {source.ServerName}/ is read, {(exam.Bucket.Names.Contains(source.ServerName) ? "which has no usable base backup" : "which does not exist")}",
            [new Evidence($"cluster {exam.Cluster}, externalClusters, {exam.Manifest!.RecoverySource}", $"no serverName; {(source.IsPlugin ? "the plugin takes the Cluster's name" : "the entry's name is taken")}"),
             new Evidence(exam.Bucket.Address!, $"server folders there: {string.Join(", ", exam.Bucket.Names)}")],
            ("folder", Better(exam)));
    }

    /// <summary>Of the folders whose names are like those of the Cluster, the one with the newest usable base backup; a word to fill in where there is none.</summary>
    private static string Better(Examination exam) =>
        exam.Bucket.Folders.Where(folder => folder.State.HasBackup).MaxBy(folder => folder.State.Newest)?.Name ?? "NAME";

    /// <summary>A repair by from-backup, which has to be told the folder where the manifest names none that is there.</summary>
    public static Finding Recovering(Examination exam, Finding finding) =>
        Source(exam).Any(source => source.Id == StoreAilments.SourceFolderMissing.Id || source.Id == StoreAilments.ServerNameDefault.Id)
            ? finding with { Command = $"{finding.Command} --source {Better(exam)}" } : finding;

    private static Ailment AilmentOf(string kind) => kind switch
    {
        "cnpg-chooses-unusable-backup" => RecoveryAilments.FailedBackupChosen,
        "wal-gap" => RecoveryAilments.WalMissing,
        "mixed-histories" => RecoveryAilments.MixedHistories,
        _ => ClusterAilments.FolderOdd,
    };

    private static string Content(FolderExamination? folder) => folder is null
        ? "no such folder"
        : string.Create(CultureInfo.InvariantCulture, $"{folder.State.Catalog.Backups.Count} base backups, {folder.State.Catalog.Usable.Count()} of them usable, {folder.State.Archive.SegmentCount} WAL segments");

    private static string PlaceOf(Examination exam, string folder) => $"{exam.Bucket.Address}/{folder}/";

    public static bool IsInBucket(Examination exam, BackupFolder source) =>
        source.Store is null || exam.Manifest?.Destination is not { Store: not null } archive || source.IsInBucketOf(archive, exam.Namespace);
}
