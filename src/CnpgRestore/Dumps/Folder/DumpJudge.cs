using CnpgRestore.Dumps.Inspection;
using static System.FormattableString;

namespace CnpgRestore.Dumps.Folder;

/// <summary>
/// Tells whether a dump of a folder is of a database. What is in it counts before its name, and where neither tells while the folder holds dumps of
/// several things, nothing is guessed: a wrong one would load, and prove equal to itself.
/// </summary>
/// <param name="database">Null for any.</param>
sealed class DumpJudge(DumpFolder folder, string? database)
{
    /// <summary>Dumps of a whole server have any name; so what is named for another database may hold this one.</summary>
    public bool IsNamedForAnother(KeptDump dump) => database is not null && dump.Database is not null && dump.Database != database;

    /// <summary>Reads it to its end, unless its beginning tells that it is of another database.</summary>
    public async Task<DumpVerdict> JudgeAsync(KeptDump dump, CancellationToken ct)
    {
        if (IsNamedForAnother(dump) && !await MayHoldItAsync(dump, ct))
        {
            return new DumpVerdict(DumpFit.OfAnother, $"is of database {dump.Database}", Inspection: null);
        }

        var inspection = dump.Inspection ?? await DumpInspector.InspectAsync(dump.File, progress: null, ct);
        return inspection.State is not (DumpState.Complete or DumpState.HeadOnly)
            ? new DumpVerdict(DumpFit.Broken, Invariant($"is {inspection.State.ToString().ToLowerInvariant()}: {inspection.Reason}"), inspection)
            : database is null ? new DumpVerdict(DumpFit.Holds, "is complete", inspection)
            : ByContent(dump, inspection, database);
    }

    /// <summary>The newest of each kind, without those whose name says that they are of another database.</summary>
    public IReadOnlyList<KeptDump> Candidates() => [.. folder.Dumps.Where(dump => !IsNamedForAnother(dump)).DistinctBy(StemOf)];

    private static string StemOf(KeptDump dump) => DumpStem.Of(dump.Names[0]);

    /// <summary>Name and content that agree need no reading to the end: a folder of many databases would be read whole.</summary>
    private static async Task<bool> MayHoldItAsync(KeptDump dump, CancellationToken ct) =>
        await DumpBeginning.ReadAsync(dump.File, ct) is { } beginning && (beginning.IsOfServer || (beginning.Database is { } named && named != dump.Database));

    private DumpVerdict ByContent(KeptDump dump, DumpInspection inspection, string wanted)
    {
        var isOfServer = inspection.Program == "pg_dumpall";
        var named = inspection.Databases.Select(held => held.Name).OfType<string>().ToList();
        if (!isOfServer)
        {
            // A database with nothing in it is named all the same.
            named = inspection.ArchivedDatabase is { } archived ? [archived] : [.. named.Union(inspection.Connects)];
        }

        var isSilent = inspection.ArchivedDatabase is null && (inspection.Databases.Any(held => held.Name is null) || (named.Count == 0 && !isOfServer));
        return named.Contains(wanted) ? new DumpVerdict(DumpFit.Holds, $"holds database {wanted}", inspection)
            : isSilent ? ByName(dump, inspection, wanted)
            : isOfServer ? new DumpVerdict(DumpFit.OfAnother, $"is of a whole server, and holds no database {wanted}", inspection)
            : new DumpVerdict(DumpFit.OfAnother, $"is of database {string.Join(", ", named)}", inspection);
    }

    private DumpVerdict ByName(KeptDump dump, DumpInspection inspection, string wanted) =>
        IsNamedForAnother(dump) ? new DumpVerdict(DumpFit.OfAnother, $"is of database {dump.Database}", inspection)
        : dump.Database is null && !DumpStem.IsOf(dump.Names[0], wanted) && HoldsSeveralThings() ? new DumpVerdict(DumpFit.Unclear, "does not tell which database it is of", inspection)
        : new DumpVerdict(DumpFit.Holds, $"is named for database {wanted}, or for none", inspection);

    private bool HoldsSeveralThings() => folder.Dumps.Select(StemOf).Where(stem => stem.Length > 0).Distinct(StringComparer.Ordinal).Skip(1).Any();
}
