using System.Globalization;
using System.Text;
using CnpgRestore.LocalRestore;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>The evidence of a drill as text.</summary>
static class DrillText
{
    public static string Write(DrillResult result, string? report)
    {
        var text = new StringBuilder();
        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"  {name,-16}{value}\n");

        text.Append(CultureInfo.InvariantCulture, $"{(result.Passed ? "OK" : "FAILED")}: drill of {result.Request.Server.Name} in {result.Store}\n");
        Line("base backup", $"{result.Path.Backup.Id}, PostgreSQL {result.Path.Extent.Version} (drilled with {result.Postgres.Version})");
        Line("target", $"{result.Request.Target}: {result.Reachability}");
        Line("reached", $"{result.Reached.Lsn} on timeline {result.Reached.Timeline}{(result.Reached.LastTransaction is { } last ? $", last transaction {Moment(last)}" : "")}");
        Line("end of archive", $"{result.Whole.EndLsn}, segment {result.Whole.LastSegment}");
        var times = result.Times;
        Line("RTO measured", Invariant($"{times.Recovery.TotalSeconds:0.0} s: catalogue {times.Plan.TotalSeconds:0.0} s, base {times.Base.TotalSeconds:0.0} s, replay of {result.SegmentsReplayed} segments {times.Replay.TotalSeconds:0.0} s"));
        Line("RPO", $"{Age(result.RecoveryPoint)} (last reachable moment {Moment(result.LastReachable.Moment)}, {result.LastReachable.Source})");
        foreach (var database in result.Databases)
        {
            Line("database", Invariant($"{database.Name}: {database.Size}, tables: {database.Tables.Count}, rows: {database.Rows}"));
        }

        foreach (var check in result.Checks)
        {
            Line(check.Passed ? "passed" : "FAILED", $"{check.Name}: {check.Detail}");
        }

        foreach (var warning in result.Warnings)
        {
            Line("note", warning);
        }

        if (report is not null)
        {
            Line("report", Path.GetFullPath(report));
        }

        if (result.Kept is { } kept)
        {
            Line("kept", kept.Root);
            Line("start", $"{result.Postgres.Program("pg_ctl")} -D {kept.Data} -l {kept.Log} start");
            Line("connect", $"psql -h {kept.Sockets} -U {result.Request.User}");
        }

        return text.ToString().TrimEnd('\n');
    }

    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The two largest units: <c>3 d 4 h</c>, <c>12 min 5 s</c>.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { Ticks: < 0 } => "0 s",
        { TotalDays: >= 1 } => Invariant($"{(int)age.TotalDays} d {age.Hours} h"),
        { TotalHours: >= 1 } => Invariant($"{age.Hours} h {age.Minutes} min"),
        { TotalMinutes: >= 1 } => Invariant($"{age.Minutes} min {age.Seconds} s"),
        _ => Invariant($"{age.TotalSeconds:0.0} s"),
    };
}
