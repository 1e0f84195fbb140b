using System.Globalization;
using CnpgRestore.Barman.Backups;
using CnpgRestore.Barman.Wal;
using CnpgRestore.ObjectStore;
using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Recovery;

/// <summary>
/// Proves or refutes that a recovery target can be reached, from the folder alone. The base backup is chosen as PostgreSQL can use it: the
/// newest usable one from which the target is reachable.
/// </summary>
public sealed class TargetCheck(IObjectStore store, BackupCatalog catalog, WalArchive archive)
{
    /// <summary>The restore point is written behind the WAL switch that ends a backup, in the next segment or, on a quiet server, soon after.</summary>
    private const int SegmentsToRestorePoint = 4;

    /// <summary>Segments are archived and restored in rows, so the first of them tell.</summary>
    private const int SuspectsAsked = 8;

    private readonly Dictionary<WalSegmentName, WalTail> _tails = [];

    /// <param name="backup">The only base backup to consider; null for a free choice.</param>
    public async Task<Reachability> RunAsync(RecoveryTarget target, BackupId? backup, CancellationToken ct)
    {
        var candidates = Candidates(backup, out var refusal);
        if (refusal is not null)
        {
            return refusal;
        }

        Reachability.Unreachable? best = null;
        foreach (var route in InOrder(candidates, target))
        {
            var answer = await CheckAsync(route, target, ct);
            if (answer is not Reachability.Unreachable no)
            {
                return answer;
            }

            // The newest backup that leads towards the target says how far recovery comes; where none does, the oldest says where it begins.
            best = best?.Path is null ? no : best;
        }

        return best!;
    }

    /// <summary>
    /// The newest first, because it replays least. A transaction or a restore point that may be anywhere is looked for from the oldest: a
    /// newer backup could begin behind it, and PostgreSQL would then never meet it.
    /// </summary>
    private IEnumerable<RecoveryRoute> InOrder(IReadOnlyList<BaseBackup> candidates, RecoveryTarget target)
    {
        var routes = candidates.Select(backup => RecoveryRoute.Find(backup, archive));
        return target switch
        {
            RecoveryTarget.Xid => routes.OrderBy(route => route.Gap is not null),
            RecoveryTarget.Name name when EndOf(name) is null => routes.OrderBy(route => route.Gap is not null),
            _ => routes.Reverse(),
        };
    }

    /// <summary>The backup whose end a restore point of barman marks; null for a name of another kind.</summary>
    private BackupExtent? EndOf(RecoveryTarget.Name name)
    {
        const string prefix = "barman_";
        var text = name.RestorePoint.Value;
        return text.StartsWith(prefix, StringComparison.Ordinal) && BackupId.TryParse(text[prefix.Length..], CultureInfo.InvariantCulture, out var id)
            ? catalog.Find(id)?.Extent
            : null;
    }

    private List<BaseBackup> Candidates(BackupId? pinned, out Reachability.Unreachable? refusal)
    {
        refusal = null;
        var list = $"cnpg-restore backups list --server {catalog.Folder.Name}";
        if (pinned is not { } id)
        {
            var usable = catalog.Usable.ToList();
            refusal = usable.Count > 0 ? null : No(new Problem(
                ProblemCode.NotFound,
                $"Cannot find backup: no usable base backup in {catalog.Folder.Root}",
                catalog.Backups.Count == 0 ? "base/ holds no backup" : string.Join("; ", catalog.Backups.Select(backup => $"{backup.Id}: {backup.Why}")),
                list));
            return usable;
        }

        var found = catalog.Find(id);
        refusal = found switch
        {
            null => No(new Problem(ProblemCode.NotFound, $"Cannot find backup {id} in {catalog.Folder.Root}", Hint: list)),
            { State: not BackupState.Usable } => No(new Problem(ProblemCode.NotFound, $"base backup {id} is not usable", found.Why, list)),
            _ => null,
        };
        return found is null ? [] : [found];
    }

    private async Task<Reachability> CheckAsync(RecoveryRoute route, RecoveryTarget target, CancellationToken ct)
    {
        if (route.Path is not { } path)
        {
            var code = route.Gap is null ? ProblemCode.NotFound : ProblemCode.WalGap;
            return new Reachability.Unreachable(new Problem(code, $"recovery cannot start from base backup {route.Backup.Id}", route.Refusal), route.Gap, Path: null);
        }

        if (await FindArchivedAsync(path, ct) is var (segment, storageClass))
        {
            return new Reachability.Unreachable(
                new Problem(
                    ProblemCode.WalGap,
                    $"WAL segment {segment} lies in {storageClass}, from where no recovery can read it",
                    $"recovery from base backup {path.Backup.Id} needs it; PostgreSQL would take it for the end of WAL",
                    $"restore it and its neighbours first (aws s3api restore-object), or choose a newer base backup: cnpg-restore backups list --server {catalog.Folder.Name}"),
                segment,
                path);
        }

        return target switch
        {
            RecoveryTarget.Latest => await CheckLatestAsync(route, path, ct),
            RecoveryTarget.Immediate => new Reachability.Reachable(path.UpTo(path.Extent.EndWal.Number(path.Extent.SegmentSize)), $"all WAL that makes base backup {path.Backup.Id} consistent is there"),
            RecoveryTarget.Time time => await CheckTimeAsync(route, path, time, ct),
            RecoveryTarget.Lsn lsn => await CheckLsnAsync(route, path, lsn, ct),
            RecoveryTarget.Name name => await CheckNameAsync(route, path, name, ct),
            RecoveryTarget.Xid => new Reachability.Unproven(path, Unknown("where transaction ids commit") + Ending(route)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>A listing names the class also of a segment that was restored for some days, so a few are asked for by themselves.</summary>
    private async Task<(WalSegmentName Segment, string StorageClass)?> FindArchivedAsync(RecoveryPath path, CancellationToken ct)
    {
        if (archive.InArchiveClass.Count == 0)
        {
            return null;
        }

        var archived = path.Legs.ToDictionary(leg => leg.Timeline, leg => archive.CoverageInArchiveClass(leg.Timeline, path.Extent.SegmentSize));
        foreach (var segment in path.Segments.Where(segment => archived[segment.Timeline].Contains(segment)).Take(SuspectsAsked))
        {
            var level = await WalLevel.ReadAsync(store, catalog.Folder, segment, ct);
            if (level.Find(segment) is { } file && await store.FindAsync(file.Object.Key, ct) is { ArchiveClass: { } storageClass })
            {
                return (segment, storageClass);
            }
        }

        return null;
    }

    private async Task<Reachability> CheckLatestAsync(RecoveryRoute route, RecoveryPath path, CancellationToken ct)
    {
        if (route.Gap is not null)
        {
            return Gap(route, path, "the end of the archive", reached: null);
        }

        // A name says nothing of the content: an upload that was cut off ends the recovery one segment early, or with an error.
        return (await TailAsync(path, ct)).Damage is { } damage
            ? new Reachability.Unproven(path, damage)
            : new Reachability.Reachable(path, $"the WAL is unbroken from {path.FirstSegment} to {path.LastSegment}, where the archive ends");
    }

    private async Task<Reachability> CheckTimeAsync(RecoveryRoute route, RecoveryPath path, RecoveryTarget.Time time, CancellationToken ct)
    {
        var target = time.Moment.Moment;
        if (path.Extent.EndTime > target)
        {
            return TooEarly(path, $"target time {time.Moment}", $"it ended at {Text(path.Extent.EndTime)}");
        }

        var tail = await TailAsync(path, ct);
        if (tail.LastEnd is not { } last)
        {
            return tail.Damage is { } damage
                ? new Reachability.Unproven(path, damage)
                : new Reachability.Unproven(path, $"the last {tail.SegmentsRead} segments up to {path.LastSegment} hold no commit to compare with{Ending(route)}");
        }

        // PostgreSQL stops in front of the first commit or rollback later than the target (or at the target, when exclusive); without one it
        // ends with "recovery ended before configured recovery target was reached" (recoveryStopsBefore in xlogrecovery.c).
        if (last > target || (last == target && !time.Inclusive))
        {
            return new Reachability.Reachable(path, $"the WAL is unbroken up to a transaction that ended at {Text(last)}, after the target");
        }

        return route.Gap is null
            ? new Reachability.Unreachable(
                new Problem(
                    ProblemCode.NotFound,
                    $"target time {time.Moment} is not before the last transaction in the archive",
                    $"the last one ended at {Text(last)} (segment {path.LastSegment}); PostgreSQL ends with 'recovery ended before configured recovery target was reached'",
                    $"recover without a target to get everything: cnpg-restore backups check --server {catalog.Folder.Name}"),
                FirstMissing: null,
                path)
            : Gap(route, path, $"target time {time.Moment}", $"the last transaction before the gap ended at {Text(last)}");
    }

    private async Task<Reachability> CheckLsnAsync(RecoveryRoute route, RecoveryPath path, RecoveryTarget.Lsn lsn, CancellationToken ct)
    {
        var position = lsn.Position;
        if (position < path.Extent.EndLsn)
        {
            return TooEarly(path, $"target LSN {position}", $"it is consistent from {path.Extent.EndLsn} on");
        }

        var number = position.Value / path.Extent.SegmentSize.Bytes;
        if (number < path.LastSegment.Number(path.Extent.SegmentSize))
        {
            // Recovery stops at the first record that begins there or later, which may be in the next segment.
            var needed = path.UpTo(number + 1);
            return new Reachability.Reachable(needed, $"the WAL is unbroken from {needed.FirstSegment} to {needed.LastSegment}");
        }

        Lsn? end = null;
        if (position < path.EndLsn)
        {
            var tail = await TailAsync(path, ct);
            if (tail.LastRecord >= position)
            {
                return new Reachability.Reachable(path, $"the last record of {path.LastSegment} begins at {tail.LastRecord}, at or behind the target");
            }

            if (tail.Damage is { } damage)
            {
                return new Reachability.Unproven(path, damage);
            }

            end = tail.LastRecord;
        }

        var where = end is null ? $"the archive ends with {path.LastSegment}, before {path.EndLsn}" : $"the last record in the archive begins at {end}";
        return route.Gap is null
            ? new Reachability.Unreachable(
                new Problem(
                    ProblemCode.NotFound,
                    $"target LSN {position} lies behind the end of the archive",
                    where,
                    $"recover without a target to get everything: cnpg-restore backups check --server {catalog.Folder.Name}"),
                FirstMissing: null,
                path)
            : Gap(route, path, $"target LSN {position}", reached: null);
    }

    private async Task<Reachability> CheckNameAsync(RecoveryRoute route, RecoveryPath path, RecoveryTarget.Name name, CancellationToken ct)
    {
        if (EndOf(name) is not { } extent)
        {
            return new Reachability.Unproven(path, Unknown("where restore points are") + Ending(route));
        }

        if (extent.EndLsn < path.Extent.EndLsn)
        {
            return TooEarly(path, $"restore point {name.RestorePoint}", $"it marks the end of an older backup, at {extent.EndLsn}");
        }

        var first = extent.EndWal.Number(extent.SegmentSize);
        var segments = path.Segments.SkipWhile(segment => segment.Number(extent.SegmentSize) < first).Take(SegmentsToRestorePoint).ToList();
        foreach (var segment in segments)
        {
            try
            {
                if (await FindRestorePointAsync(segment, extent.SegmentSize, name.RestorePoint.Value, ct) is { } point)
                {
                    return new Reachability.Reachable(path.UpTo(segment.Number(extent.SegmentSize)), $"the restore point is in {segment}, at {point}");
                }
            }
            catch (InvalidDataException e)
            {
                return new Reachability.Unproven(path, WalTail.Unreadable(segment, e));
            }
        }

        // All that lies between the end of that backup and the gap was read, so the restore point can only be behind it.
        return route.Gap is not null && segments.Count < SegmentsToRestorePoint
            ? Gap(route, path, $"restore point {name.RestorePoint}", reached: null)
            : new Reachability.Unproven(path, $"the restore point is not in the {SegmentsToRestorePoint} segments from {extent.EndWal} on, where barman writes it{Ending(route)}");
    }

    /// <exception cref="InvalidDataException">It is not that segment, or is damaged.</exception>
    private async Task<Lsn?> FindRestorePointAsync(WalSegmentName segment, WalSegmentSize size, string name, CancellationToken ct)
    {
        await using var wal = await WalSegmentFile.OpenAsync(store, catalog.Folder, segment, ct);
        await foreach (var item in new WalReader(size).ReadAsync(segment, wal, ct))
        {
            if (item is WalEvent.RestorePoint point && point.Name == name)
            {
                return point.Start;
            }
        }

        return null;
    }

    private async Task<WalTail> TailAsync(RecoveryPath path, CancellationToken ct)
    {
        if (!_tails.TryGetValue(path.LastSegment, out var tail))
        {
            tail = await LastCommit.FindAsync(store, catalog.Folder, path, ct);
            _tails.Add(path.LastSegment, tail);
        }

        return tail;
    }

    private Reachability.Unreachable TooEarly(RecoveryPath path, string target, string detail) => No(new Problem(
        ProblemCode.NotFound,
        $"Cannot find backup: {target} lies before the end of base backup {path.Backup.Id}",
        detail,
        $"cnpg-restore backups list --server {catalog.Folder.Name}"));

    private Reachability.Unreachable Gap(RecoveryRoute route, RecoveryPath path, string target, string? reached) => new(
        new Problem(
            ProblemCode.WalGap,
            $"WAL segment {route.Gap} is missing, in front of {target}",
            $"recovery from base backup {path.Backup.Id} would end with {path.LastSegment}, at {path.EndLsn}{(reached is null ? "" : $"; {reached}")}; the archive goes on behind the gap",
            $"put the segment back, or see what can be reached: cnpg-restore backups list --server {catalog.Folder.Name}"),
        route.Gap,
        path);

    private static Reachability.Unreachable No(Problem problem) => new(problem, FirstMissing: null, Path: null);

    private static string Unknown(string what) => $"only a replay knows {what}; everything that a replay needs is there";

    private static string Ending(RecoveryRoute route) => route.Gap is { } gap ? $", up to the missing segment {gap}" : "";

    private static string Text(DateTimeOffset time) => TargetTime.From(time).ToString();
}
