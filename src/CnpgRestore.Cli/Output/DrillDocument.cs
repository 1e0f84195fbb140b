using CnpgRestore.LocalRestore;

namespace CnpgRestore.Cli.Output;

/// <summary>The evidence of a drill as JSON.</summary>
/// <param name="RecoverySeconds">RTO, measured: from the start until the database accepted connections.</param>
/// <param name="RecoveryPointSeconds">RPO: the age of the last reachable moment when the drill began.</param>
sealed record DrillDocument(
    string MessageType,
    bool Passed,
    string Store,
    string Server,
    string BackupId,
    string SystemIdentifier,
    string PostgresVersion,
    string DrillPostgresVersion,
    DateTimeOffset Started,
    string Target,
    string Reachability,
    string ReachedLsn,
    uint ReachedTimeline,
    string ReachedReason,
    DateTimeOffset? LastTransaction,
    string LastSegment,
    string EndOfArchive,
    int SegmentsReplayed,
    double PlanSeconds,
    double BaseSeconds,
    double ReplaySeconds,
    double ProofSeconds,
    double RecoverySeconds,
    DateTimeOffset LastReachable,
    string LastReachableSource,
    double RecoveryPointSeconds,
    IReadOnlyList<DrillDatabaseDocument> Databases,
    IReadOnlyList<Check> Checks,
    IReadOnlyList<string> Warnings,
    string? KeptFolder)
{
    public static DrillDocument From(DrillResult result) => new(
        "drill",
        result.Passed,
        result.Store,
        result.Request.Server.Name,
        result.Path.Backup.Id.ToString(),
        result.Reached.SystemIdentifier.ToString(),
        result.Path.Extent.Version.ToString(),
        result.Postgres.Version.ToString(),
        result.Started,
        result.Request.Target.ToString(),
        result.Reachability,
        result.Reached.Lsn.ToString(),
        result.Reached.Timeline.Value,
        result.Reached.Reason,
        result.Reached.LastTransaction,
        result.Whole.LastSegment.ToString(),
        result.Whole.EndLsn.ToString(),
        result.SegmentsReplayed,
        Seconds(result.Times.Plan),
        Seconds(result.Times.Base),
        Seconds(result.Times.Replay),
        Seconds(result.Times.Proof),
        Seconds(result.Times.Recovery),
        result.LastReachable.Moment,
        result.LastReachable.Source,
        Seconds(result.RecoveryPoint),
        [.. result.Databases.Select(DrillDatabaseDocument.From)],
        result.Checks,
        result.Warnings,
        result.Kept?.Root);

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}

sealed record DrillDatabaseDocument(string Name, long Bytes, long Rows, IReadOnlyList<TableContent> Tables)
{
    public static DrillDatabaseDocument From(DatabaseContent database) => new(database.Name, database.Size.Bytes, database.Rows, database.Tables);
}
