using System.Globalization;
using CnpgRestore.Databases;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Inspection;

namespace CnpgRestore.Plans.FromDump;

/// <summary>Looks at a dump and at a server, and either makes the plan or says everything that stands in the way. Only reads.</summary>
public sealed class FromDumpPlanner(IDatabaseServer server, DatabaseSession session)
{
    /// <summary>A name in PostgreSQL has at most 63 bytes (NAMEDATALEN).</summary>
    private const int LongestName = 63;

    /// <summary>Of a load that says nothing of it: each connection that builds an index takes memory of its own.</summary>
    private const int MostJobs = 8;

    /// <summary>The database that is connected to while the others are renamed; always there on a server of CloudNativePG.</summary>
    public const string Maintenance = "postgres";

    public static Task<string> SystemIdentifierAsync(DatabaseSession session, CancellationToken ct) =>
        session.ValueAsync<string>("SELECT system_identifier::text FROM pg_control_system()", ct);

    /// <summary>What a run that another machine began has decided, as the databases say that it left aside.</summary>
    /// <exception cref="RestoreException">Exit 10: the server knows no such run.</exception>
    public static async Task<FromDumpDecision> FindDecisionAsync(IDatabaseServer server, string run, CancellationToken ct)
    {
        await using var session = await DatabaseSession.OpenAsync(server, Maintenance, ct);
        var decisions = (await RunMark.ReadAsync(session, ct)).Select(mark => FromDumpDecision.TryParse(mark.Decision));
        return decisions.FirstOrDefault(decision => decision?.Run == run) ?? throw new RestoreException(
            ProblemCode.NotFound, $"no database on {server.Address} belongs to run {run}", "a run that is committed or undone leaves none", "cnpg-restore runs list");
    }

    /// <param name="progress">Told how many bytes of the dump's text were read.</param>
    /// <exception cref="RestoreException">All that stands in the way, together.</exception>
    public async Task<FromDumpPlan> PlanAsync(FromDumpRequest request, string run, IProgress<long>? progress, CancellationToken ct)
    {
        var inspection = await DumpInspector.InspectWhollyAsync(await DumpFile.OpenAsync(request.Place, request.Dump, ct), progress, ct);
        var problems = new List<Problem>(DumpPreflight.Check(inspection, request));
        var content = inspection.Find(request.Database);
        if (content is null || !inspection.IsComplete)
        {
            throw PreflightFailure.Of(problems);
        }

        // psql of a Job reads the dump as it is.
        if (request is { Volume: not null, Engine: LoadEngine.Psql } && inspection is { IsRestricted: true, File.Format: DumpFormat.Plain } && await request.Place.VersionAsync("psql", ct) is var psql && !RestrictedPsql.Is(psql))
        {
            problems.Add(DumpPreflight.TooOld(inspection, psql, request.Image));
        }

        var preflight = new ServerPreflight(server, session, request);
        await preflight.CheckAsync(inspection, content, ct);
        problems.AddRange(preflight.Problems);
        if (problems.Count > 0)
        {
            throw PreflightFailure.Of(problems);
        }

        var decided = await Decide(request, inspection, run).InImageAsync(request, ct);
        var decision = decided with
        {
            Creates = preflight.Creates, Former = preflight.Creates is null ? decided.Former : null,
            Jobs = request.Jobs ?? (await ServerCores.ReadAsync(session, ct) is { } cores ? Math.Min(cores, MostJobs) : decided.Jobs),
            SystemIdentifier = await SystemIdentifierAsync(session, ct), Roles = preflight.RolesToCreate, RowsBefore = preflight.RowsBefore,
            NotValidBefore = preflight.NotValidBefore,
        };
        return new FromDumpPlan(decision, inspection.File, content, server.Address, [.. preflight.Notes, .. DumpPreflight.Notes(inspection, request), .. decision.JobNotes]);
    }

    /// <summary>What follows from the request and the dump alone; what only the server tells is still empty.</summary>
    internal static FromDumpDecision Decide(FromDumpRequest request, DumpInspection dump, string run)
    {
        var (side, former) = request.Strategy == LoadStrategy.Swap ? Names(request.Database, run) : (null, null);
        return new FromDumpDecision(
            run,
            request.To,
            Environment.MachineName,
            SystemIdentifier: "",
            request.Database,
            request.Dump,
            dump.File.Size.Bytes,
            dump.File.LastWritten,
            // Dumps of several databases in one file, too: what is not of this one is left out.
            dump.Program == "pg_dumpall" || dump.Databases.Count > 1 ? request.Database : null,
            request.Strategy,
            request.Jobs ?? Environment.ProcessorCount,
            side,
            former,
            Roles: [],
            request.CheckSql,
            RowsBefore: [],
            request.EngineFor(dump.File.Format),
            request.StopApps,
            Volume: request.Volume,
            Image: request.Image);
    }

    /// <summary>The dump of a run that was begun, read again.</summary>
    /// <param name="address">Of the server, as the plan names it.</param>
    /// <param name="hint">What helps where it is another one by now.</param>
    /// <exception cref="RestoreException">Exit 15: it is another one by now. 10: it is gone.</exception>
    internal static async Task<FromDumpPlan> ReadAgainAsync(FromDumpDecision decision, IDumpPlace place, string address, string hint, IProgress<long>? progress, CancellationToken ct)
    {
        var file = await DumpFile.OpenAsync(place, decision.Dump, ct);
        // The journal has whole milliseconds.
        if (file.Size.Bytes != decision.DumpSize || (file.LastWritten - decision.DumpTime).Duration() > TimeSpan.FromSeconds(1))
        {
            throw new RestoreException(ProblemCode.Refused, $"{decision.Dump} is not the file any more that run {decision.Run} was begun with", "its size or its time is another", hint);
        }

        var inspection = await DumpInspector.InspectWhollyAsync(file, progress, ct);
        var content = inspection.Find(decision.Database) ?? throw new RestoreException(ProblemCode.NotFound, $"{decision.Dump} holds no database {decision.Database}");
        return new FromDumpPlan(decision, file, content, address, [$"run {decision.Run} was begun on {decision.Host}; what is done already is found out step by step"]);
    }

    /// <summary>The plan of a run that was begun, for the same dump.</summary>
    /// <exception cref="RestoreException">Exit 15: the dump or the server is another one by now. 10: the dump is gone.</exception>
    public async Task<FromDumpPlan> ResumeAsync(FromDumpDecision decision, IDumpPlace place, IProgress<long>? progress, CancellationToken ct) =>
        await FindSwappedAsync(decision, ct) ?? await ReadAgainAsync(decision, place, server.Address, $"cnpg-restore runs undo {decision.Run}", progress, ct);

    /// <summary>The plan of a run that has swapped the names, which needs its dump no more; null where it has not.</summary>
    /// <exception cref="RestoreException">Exit 15: the server is another one, or the run is undone.</exception>
    public async Task<FromDumpPlan?> FindSwappedAsync(FromDumpDecision decision, CancellationToken ct)
    {
        await DemandServerAsync(decision, ct);
        var marks = await RunMark.ReadAsync(session, ct);
        if (marks.Any(mark => mark.State == RunMark.Undone && FromDumpDecision.TryParse(mark.Decision)?.Run == decision.Run))
        {
            throw new RestoreException(
                ProblemCode.Refused, $"run {decision.Run} is undone: {decision.Side} lies aside", null, $"cnpg-restore runs commit {decision.Run}");
        }

        return decision.IsSwapped(marks) ? FromDumpPlan.OfLoaded(decision, server.Address, [$"run {decision.Run} was begun on {decision.Host}, and has swapped the names"]) with { IsSwapped = true } : null;
    }

    /// <exception cref="RestoreException">Exit 15: another server answers at the address.</exception>
    public async Task DemandServerAsync(FromDumpDecision decision, CancellationToken ct)
    {
        var identifier = await SystemIdentifierAsync(session, ct);
        if (identifier != decision.SystemIdentifier)
        {
            throw new RestoreException(
                ProblemCode.Refused,
                $"{server.Address} is not the server that run {decision.Run} was begun on",
                $"its system identifier is {identifier}, that of the run {decision.SystemIdentifier}",
                $"cnpg-restore runs show {decision.Run}");
        }
    }

    // 20261122t140000z, the run's own time, so that the names tell which run they belong to.
    private static (string Side, string Former) Names(string database, string run)
    {
        var time = run.Split('-')[0];
        return (Shortened("_restore_"), Shortened("_before_"));

        string Shortened(string word)
        {
            var suffix = word + time;
            var head = database;
            while (System.Text.Encoding.UTF8.GetByteCount(head) + suffix.Length > LongestName)
            {
                head = new StringInfo(head).SubstringByTextElements(0, new StringInfo(head).LengthInTextElements - 1);
            }

            return head + suffix;
        }
    }
}
