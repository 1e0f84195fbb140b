using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Inspection;
using static System.FormattableString;

namespace CnpgRestore.Plans.FromDump;

/// <summary>What in a dump stands in the way of loading it.</summary>
static class DumpPreflight
{
    // What pg_dump writes behind the data (--section=post-data): it hangs on what is there already.
    private static readonly HashSet<string> PostData = new(StringComparer.Ordinal)
    {
        "INDEX", "CONSTRAINT", "FOREIGN KEY", "TRIGGER", "RULE", "POLICY", "STATISTICS", "EVENT TRIGGER", "PUBLICATION", "SUBSCRIPTION",
    };

    public static IEnumerable<Problem> Check(DumpInspection dump, FromDumpRequest request)
    {
        var path = dump.File.Path;
        if (!dump.IsComplete)
        {
            yield return new Problem(
                ProblemCode.Refused, $"{path} is {State(dump.State)}: it is not loaded", dump.Reason, $"'cnpg-restore dumps list {Path.GetDirectoryName(path)}' shows the latest complete one");
            yield break;
        }

        if (dump.Find(request.Database) is not { } content)
        {
            var names = dump.Databases.Select(database => database.Name).ToList();
            yield return new Problem(
                ProblemCode.NotFound,
                names.Count == 0 ? $"{path} holds no database" : $"{path} holds no database {request.Database}",
                names.Count == 0 ? "it is a dump of roles and tablespaces alone" : Invariant($"it holds {names.Count}: {string.Join(", ", names)}"),
                "name one with --database");
            yield break;
        }

        if (request.Engine == LoadEngine.Parallel && (request.Strategy != LoadStrategy.Swap || dump.File.Format != DumpFormat.Plain))
        {
            yield return new Problem(
                ProblemCode.Refused,
                $"--engine parallel cannot load {path} by {request.Strategy.ToString().ToLowerInvariant()}",
                "it loads SQL beside the live database: over several connections there is no one transaction",
                "leave --engine out");
        }

        if (request is { Volume: not null, Engine: LoadEngine.Psql, Strategy: LoadStrategy.Swap } && dump.File.Format == DumpFormat.Plain
            && (dump.ServerStatement ?? (dump.Connects.Count > 0 ? $"\\connect {dump.Connects[0]}" : null)) is { } statement)
        {
            yield return new Problem(
                ProblemCode.Refused,
                $"--engine psql cannot load {path} in the cluster: it holds what concerns the whole server",
                $"{statement}; psql in a Job reads the dump as it is, and nothing is left out",
                "leave --engine out: then it is read through here, and such statements never reach the server");
        }

        if (request.Strategy == LoadStrategy.Swap && CheckWhole(path, content) is { } part)
        {
            yield return part;
        }

        foreach (var problem in CheckExtensions(path, content, request))
        {
            yield return problem;
        }

        if (request.Strategy == LoadStrategy.Clean && dump.File.Format == DumpFormat.Plain && content.Dropped.Count == 0)
        {
            yield return new Problem(
                ProblemCode.Refused, $"{path} drops nothing: it was written without -c", "what is there already would stand in its way", "restore beside it: --strategy swap");
        }
    }

    /// <summary>A part of a database would take the place of a whole one, and prove equal to itself.</summary>
    internal static Problem? CheckWhole(string path, DumpDatabase content)
    {
        if (content.Created.Keys.All(PostData.Contains))
        {
            var holds = content.Tables.Count > 0 ? Invariant($"rows of {content.Tables.Count} tables")
                : content.Created.Count > 0 ? string.Join(", ", content.Created.Select(entry => Invariant($"{entry.Value} {entry.Key}"))) : "nothing of what it drops";
            return new Problem(
                ProblemCode.Refused,
                $"{path} creates no tables: it is a part of a database, and does not take the place of a whole one",
                $"it holds {holds}, as pg_dump writes with --data-only or --section",
                "take a dump of the whole database; or load this one into the tables that are there: --strategy append");
        }

        // pg_dump writes a COPY for a table without rows, too, and none for one that is partitioned.
        return content.Created.GetValueOrDefault("TABLE") <= content.Partitioned || content.Tables.Count > 0 ? null : new Problem(
            ProblemCode.Refused,
            $"{path} holds no rows: what it makes would take the place of the database that has some",
            Invariant($"it creates {content.Created["TABLE"]} tables and fills none, as pg_dump writes with --schema-only"),
            "take a dump with data; to have the tables alone, load this one into an empty database: --strategy append");
    }

    /// <summary>Extensions that are there, and yet cannot be loaded like any other.</summary>
    private static IEnumerable<Problem> CheckExtensions(string path, DumpDatabase content, FromDumpRequest request)
    {
        // https://github.com/citusdata/pg_cron: "can only create extension in database", that of cron.database_name.
        if (content.Extensions.Contains("pg_cron") && request.Strategy == LoadStrategy.Swap)
        {
            yield return new Problem(
                ProblemCode.Refused,
                $"{path} creates the extension pg_cron, which one database of a server alone may have",
                "the dump is loaded under another name first, where the server refuses it",
                "write the dump without it (pg_dump --exclude-extension=pg_cron, from PostgreSQL 17 on), or load into an empty database of the right name: --strategy append");
        }

        // Its catalogue is loaded like rows, and only between the two functions (TimescaleDB manual, logical backup).
        if (content.Extensions.Contains("timescaledb"))
        {
            yield return new Problem(
                ProblemCode.Refused,
                $"{path} is of a database with TimescaleDB, which this program does not load",
                "it needs timescaledb_pre_restore() before the first row and timescaledb_post_restore() behind the last",
                "restore the backup of the bucket instead: 'cnpg-restore advise CLUSTER' tells whether there is one; or load it by hand as TimescaleDB's manual says");
        }
    }

    /// <param name="psql">What it says of its version; empty: there is none.</param>
    public static Problem TooOld(DumpInspection dump, string psql, string? image) => psql.Length == 0
        ? new Problem(ProblemCode.Refused, $"the image {image} has no psql", "a Job with it cannot load SQL", "name one that has: --image; or leave --engine out")
        : new Problem(
            ProblemCode.Refused,
            $@"{dump.File.Path} begins with \restrict, which the psql of {image} is too old for",
            $"it is {psql}; those from August 2025 on understand it (17.6, 16.10, 15.14, 14.19, 13.22)",
            "name a newer image: --image; or leave --engine out: then the line is left out");

    public static IEnumerable<string> Notes(DumpInspection dump, FromDumpRequest request)
    {
        if (dump.Program == "pg_dumpall")
        {
            yield return $"the dump is of a whole server: {request.Database} is taken out of it; no role, tablespace or other database is changed";
        }

        // People restore under other names; who took a wrong file must see it before it is swapped in.
        if (dump.Origin is { } origin && origin != request.Database)
        {
            yield return $"the dump is of database {origin}; it goes into {request.Database}";
        }

        var content = dump.Find(request.Database)!;
        if (content.Owners.Count == 0 && content.Created.ContainsKey("TABLE"))
        {
            yield return "the dump names no owners (--no-owner): everything will belong to the role that loads it, and an application of another role may read nothing";
        }

        if (content.Created.ContainsKey("EVENT TRIGGER"))
        {
            yield return "the dump makes event triggers: what they do or forbid, they do while the statements behind them are loaded, too, such as REFRESH MATERIALIZED VIEW";
        }

        var dropped = content.Dropped;
        if (request.Strategy == LoadStrategy.Clean && dropped.Count > 0)
        {
            yield return $"it drops {string.Join(", ", dropped.Select(entry => Invariant($"{entry.Value} {entry.Key}")))} before it creates them again; where one is not there, or something else hangs on it, nothing at all is changed";
        }
    }

    private static string State(DumpState state) => state switch
    {
        DumpState.Complete => "complete",
        DumpState.Truncated => "truncated",
        DumpState.Damaged => "damaged",
        DumpState.Unreadable => "unreadable",
        DumpState.Empty => "empty",
        DumpState.HeadOnly => "not read to its end",
    };
}
