using CnpgRestore.Cli.Output;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Folder;
using static System.FormattableString;

namespace CnpgRestore.Cli.Commands;

/// <summary>Which dump a restore takes: the one that is named, or of a folder the latest complete one that holds the database.</summary>
static class LatestDump
{
    /// <exception cref="RestoreException">Exit 10: there is none. 12: one that may be it cannot be read. 15: nothing tells which one it is.</exception>
    public static async Task<string> FindAsync(CliSession session, IDumpPlace place, string path, string database, CancellationToken ct)
    {
        if (await place.FindAsync(path, ct) is not { IsFolder: true } || await place.FindAsync(Path.Combine(path, "toc.dat"), ct) is not null)
        {
            return path;
        }

        var found = await (await DumpFolder.ReadAsync(place, path, ct)).FindLatestAsync(database, ct);
        foreach (var passed in found.Passed)
        {
            Pass(session, passed, found.Latest);
        }

        return found.Latest?.File.Path ?? throw new RestoreException(found.Candidates.Count > 0 ? Unclear(path, database, found.Candidates) : Missing(path, database, found.Folder));
    }

    /// <summary>A broken dump is worth nothing to anybody; one that only this user may not open may be the one that is wanted.</summary>
    private static void Pass(CliSession session, PassedDump newer, KeptDump? latest)
    {
        if (newer.Dump.File.Refusal is { } refusal)
        {
            throw new RestoreException(latest is null ? refusal : refusal with { Hint = $"{refusal.Hint}; the newest that can be read is {latest.Names[0]}, which is taken when you name it" });
        }

        session.Progress.Line($"warning: {newer.Dump.Names[0]} is {(latest is null ? "" : "newer and ")}not taken, it {newer.Reason}");
    }

    private static Problem Unclear(string path, string database, IReadOnlyList<KeptDump> candidates) => new(
        ProblemCode.Refused,
        $"which dump of {path} is of database {database} is not known",
        $"they are of several things, and the newest does not tell of what: {string.Join(", ", candidates.Select(dump => Invariant($"{dump.Names[0]} of {dump.Time.UtcDateTime:yyyy-MM-dd HH:mm}Z")))}",
        "name the one that you mean: --dump FILE");

    /// <summary>What is named for another database may be of the whole server; who may not open it does not know.</summary>
    private static Problem Missing(string path, string database, DumpFolder folder) => folder.Dumps.Select(dump => dump.File.Refusal).FirstOrDefault(refusal => refusal is not null) ?? new Problem(
        ProblemCode.NotFound,
        $"Backup file not found: {path} holds no complete dump of {database}",
        "a dump that is of another database, or whose name says so, is taken only where it is named: --dump FILE",
        $"cnpg-restore dumps list {path} --check");
}
