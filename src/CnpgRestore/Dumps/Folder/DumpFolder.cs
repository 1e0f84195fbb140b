using CnpgRestore.Dumps.Inspection;
using static System.FormattableString;

namespace CnpgRestore.Dumps.Folder;

/// <summary>
/// The dumps of a folder as postgres-backup-local or the runbook leave them, newest first. A dump under several names appears once.
/// </summary>
/// <param name="Path">The folder, or a single dump.</param>
public sealed record DumpFolder(string Path, IReadOnlyList<KeptDump> Dumps, IReadOnlyList<string> DanglingLinks)
{
    // pg_dump's output follows the data closely; a half-written or half-empty one stands out long before this.
    private const double SuspiciousShare = 0.5;

    /// <summary>Of this machine.</summary>
    /// <exception cref="RestoreException">Exit 10: it does not exist or holds no dump. 12: it may not be read, nor any dump in it.</exception>
    public static Task<DumpFolder> ReadAsync(string path, CancellationToken ct) => ReadAsync(LocalDumps.Instance, path, ct);

    /// <exception cref="RestoreException">Exit 10: it does not exist or holds no dump. 12: it may not be read, nor any dump in it.</exception>
    public static async Task<DumpFolder> ReadAsync(IDumpPlace place, string path, CancellationToken ct)
    {
        if (await place.FindAsync(path, ct) is not { } found)
        {
            throw new RestoreException(ProblemCode.NotFound, $"Backup file not found: {path} does not exist", "the share may not be mounted", "cnpg-restore dumps list FOLDER");
        }

        if (found.IsFolder && await place.FindAsync(System.IO.Path.Combine(path, "toc.dat"), ct) is null)
        {
            return await DumpFolderScan.RunAsync(place, System.IO.Path.GetFullPath(path), ct) with { Path = path };
        }

        var single = await DumpFile.OpenAsync(place, path, ct);
        var name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(path));
        var parsed = DumpName.TryParse(name, FolderOf(path));
        return new DumpFolder(path, [new KeptDump(single, [name], [], parsed?.Database, TimeOf(parsed, single.LastWritten))], []);
    }

    /// <summary>The folder with what reading one of its dumps has shown.</summary>
    public DumpFolder With(KeptDump dump, DumpInspection inspection) =>
        this with { Dumps = [.. Dumps.Select(other => other == dump ? dump with { Inspection = inspection } : other)] };

    /// <summary>
    /// Reads the dumps from the newest back until one is complete and holds the database, whatever its name. The folder that comes back knows why newer
    /// ones were passed over.
    /// </summary>
    /// <param name="database">Null for any.</param>
    public async Task<DumpChoice> FindLatestAsync(string? database, CancellationToken ct)
    {
        var folder = this;
        var judge = new DumpJudge(this, database);
        var passed = new List<PassedDump>();
        foreach (var dump in Dumps)
        {
            var verdict = await judge.JudgeAsync(dump, ct);
            folder = verdict.Inspection is { } inspection ? folder.With(dump, inspection) : folder;
            if (verdict.Fit is DumpFit.Holds or DumpFit.Unclear)
            {
                return new DumpChoice(folder, verdict.Fit == DumpFit.Holds ? folder.Dumps.Single(other => other.File == dump.File) : null)
                {
                    Passed = passed, Candidates = verdict.Fit == DumpFit.Unclear ? judge.Candidates() : [],
                };
            }

            if (verdict.Fit == DumpFit.Broken || !judge.IsNamedForAnother(dump))
            {
                passed.Add(new PassedDump(dump, verdict.Reason));
            }
        }

        return new DumpChoice(folder, Latest: null) { Passed = passed };
    }

    /// <summary>When a dump was made: the disk's time where it lies in the span that the name speaks of, or close to it; else the name's.</summary>
    internal static DateTimeOffset TimeOf(DumpName? name, DateTimeOffset written)
    {
        // The name is in the time zone of the container that wrote it, and the last byte comes after the first.
        var slack = TimeSpan.FromHours(26);
        return name is not { From: { } from, To: { } to } || (written >= from - slack && written <= to + slack) ? written : from;
    }

    /// <summary>A dump much smaller than the others of its database is rarely whole. How one that is closed is packed, and what a closed folder holds, nobody knows.</summary>
    internal static IReadOnlyList<KeptDump> Compared(IReadOnlyList<KeptDump> dumps) => [.. dumps.Select(dump =>
    {
        var others = dumps.Where(other => other != dump && other.File.Refusal is null && other.Database == dump.Database && other.File.Compression == dump.File.Compression).Select(other => other.File.Size.Bytes).Order().ToList();
        return others.Count > 0 && dump.File.Refusal is null && dump.File.Size.Bytes < others[others.Count / 2] * SuspiciousShare
            ? dump with { Oddity = Invariant($"only {dump.File.Size}, where the others of {dump.Database ?? "this folder"} have about {new ByteSize(others[others.Count / 2])}") }
            : dump;
    })];

    internal static string FolderOf(string path) => System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))) ?? "";
}
