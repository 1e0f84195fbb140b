using System.Globalization;
using CnpgRestore.Barman.Recovery;
using CnpgRestore.Databases;
using CnpgRestore.Kubernetes;
using CnpgRestore.LocalRestore;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Postgres;
using static System.FormattableString;

namespace CnpgRestore.Runs.FromBackup;

/// <summary>
/// Success is what the database says, not what a status says: it is the same database, it was replayed to where it had to be, and it archives
/// into its own folder again.
/// </summary>
sealed class RecoveryProof(KubernetesApi api, IObjectStore store, FromBackupDecision decision, TimeProvider clock)
{
    public ReachedPoint? Reached { get; private set; }

    public List<Check> Checks { get; } = [];

    public List<RecoveredDatabase> Databases { get; } = [];

    public async Task<string> ProveAsync(StepMeter meter, CancellationToken ct)
    {
        Checks.Clear();
        Databases.Clear();
        var cluster = await api.GetAsync(decision.Reference, ct);
        var primary = cluster.Text("status", "currentPrimary") ?? $"{decision.Cluster}-1";
        var psql = new InstancePsql(api, decision.Namespace, primary);
        // From the folder itself: it is the same after a move, under its new name.
        var path = await new DecidedPath(store, decision).ReadAsync(decision.Source, ct);

        meter.Note = "system identifier and reached LSN";
        Reached = await ReachedAsync(psql, path, ct);
        Checks.Add(new Check(
            "same database", Reached.SystemIdentifier.ToString() == decision.SystemId, $"system identifier {Reached.SystemIdentifier}, in the backup {decision.SystemId}"));
        Checks.Add(Reached.Against(RecoveryTarget.Parse(decision.Target), path));
        await CountAsync(psql, meter, ct);
        meter.Note = "archiving";
        await ArchivesAsync(psql, ct);

        var failed = Checks.Where(check => !check.Passed).ToList();
        return failed.Count == 0
            ? Invariant($"reached {Reached.Lsn} on timeline {Reached.Timeline}, {Databases.Count} databases, {Databases.Sum(database => database.Rows)} rows; archives to {decision.Archive}/")
            : throw new RestoreException(
                ProblemCode.Differences,
                $"the recovered cluster is not what the backup holds: {string.Join(", ", failed.Select(check => check.Name))}",
                string.Join("; ", failed.Select(check => check.Detail)),
                $"do not let applications in; look with 'cnpg-restore backups check --server {decision.Source}', then recover again, into another folder: {AgainCommand}");
    }

    /// <summary>The folder of this attempt is not empty any more, and without another name the same run would only be proven again.</summary>
    private string AgainCommand => FromBackupCommandText.Of(
        decision.Cluster, decision.Namespace, decision.Files, RecoveryTarget.Parse(decision.Target), decision.Apply, decision.Push, decision.Application,
        "--backup-id", decision.BackupId, "--source", decision.Source, "--lineage", "new", "--archive-name", FolderNames.Timed(decision.Archive, clock.GetUtcNow()));

    private static async Task<ReachedPoint> ReachedAsync(InstancePsql psql, RecoveryPath path, CancellationToken ct)
    {
        var row = (await psql.QueryAsync(
            "postgres",
            "SELECT (SELECT system_identifier FROM pg_control_system()), substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), (extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000)::bigint",
            ct))[0];
        var timeline = new TimelineId(Convert.ToUInt32(row[1], 16));
        var history = await psql.ValueAsync("postgres", $"SELECT translate(pg_read_file('pg_wal/{timeline.Hex}.history'), E'\\n', E'\\r')", ct);
        // Not the last line: the new cluster may have failed over since.
        var left = TimelineHistory.Fork(timeline, history.Replace('\r', '\n'), path.History.Ancestors.Count)
            ?? throw new RestoreException(ProblemCode.Differences, $"the database is on timeline {timeline} and has no history of it", history);
        DateTimeOffset? last = row[2].Length == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(row[2], CultureInfo.InvariantCulture));
        // PostgreSQL writes the timeline that it followed, which is an older one where it did not get the history of the newest.
        var replayed = path.History.TimelineAt(new Lsn(left.SwitchLsn.Value - 1));
        return new ReachedPoint(SystemIdentifier.Parse(row[0]), left.SwitchLsn, left.Timeline < replayed ? left.Timeline : replayed, timeline, left.Reason, last);
    }

    private async Task CountAsync(InstancePsql psql, StepMeter meter, CancellationToken ct)
    {
        var names = await psql.QueryAsync("postgres", $"SELECT datname, pg_database_size(oid) FROM pg_database WHERE {CatalogFilter.Connectable} ORDER BY datname", ct);
        foreach (var name in names)
        {
            meter.Note = $"counting rows of {name[0]}";
            // One statement counts every table: the query is built from the catalogue and run for each row of it.
            var counted = (await psql.QueryAsync(
                name[0],
                $"""
                SELECT count(*), coalesce(sum((xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM ONLY %I.%I', n.nspname, c.relname), false, true, '')))[1]::text::bigint), 0)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE {CatalogFilter.HoldsRows}
                """,
                ct))[0];
            Databases.Add(new RecoveredDatabase(name[0], Number(name[1]), Number(counted[0]), Number(counted[1])));
        }
    }

    /// <summary>Forces a segment out and waits until it lies in the new folder: a condition alone says what was, not what is.</summary>
    private async Task ArchivesAsync(InstancePsql psql, CancellationToken ct)
    {
        var (segment, failure) = await new WalSwitch(psql, store, clock).ArchiveAsync(decision.Archive, ct);
        Checks.Add(new Check("archives", failure is null, failure ?? $"WAL segment {segment} is in {decision.Archive}/"));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
