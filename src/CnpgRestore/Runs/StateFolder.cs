namespace CnpgRestore.Runs;

/// <summary>
/// The local folder of journals and locks: <c>CNPG_RESTORE_STATE</c>, else <c>${XDG_STATE_HOME:-~/.local/state}/cnpg-restore</c>. Readable by its
/// owner only.
/// </summary>
public sealed class StateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string _path;

    /// <exception cref="RestoreException">The folder cannot be made.</exception>
    public StateFolder(string path)
    {
        _path = path;
        try
        {
            foreach (var folder in (string[])[Runs, Locks])
            {
                Directory.CreateDirectory(folder);
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(folder, OwnerOnly);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RestoreException(
                ProblemCode.AccessDenied,
                $"Permission denied: the state folder {path} cannot be written",
                e.Message,
                "set CNPG_RESTORE_STATE to a folder of your own; a run without a journal is not started",
                e);
        }
    }

    public string Locks => Path.Combine(_path, "locks");

    private string Runs => Path.Combine(_path, "runs");

    public string JournalOf(RunId run) => Path.Combine(Runs, $"{run}.jsonl");

    /// <summary>The name of a run that is about to begin; it sorts behind those of all runs of this machine.</summary>
    public RunId NewRun(string command, TimeProvider clock) => RunId.Create(command, clock, List() is [var newest, ..] ? newest : null);

    /// <summary>The journals on this machine, newest first.</summary>
    public IReadOnlyList<RunId> List() =>
        [.. Directory.GetFiles(Runs, "*.jsonl").Select(path => new RunId(Path.GetFileNameWithoutExtension(path))).OrderByDescending(run => run.Value, StringComparer.Ordinal)];

    /// <summary>Whether a run, by its journal, had at least begun a step.</summary>
    public bool HasBegun(RunId run, string stepId) =>
        Journal.Read(JournalOf(run)).Any(entry => entry.Type == JournalEntry.StepStarted && entry.Step == stepId);

    /// <summary>The newest run of a command on a subject that has not finished, or null.</summary>
    public RunId? FindUnfinished(string command, string subject)
    {
        var paths = Directory.GetFiles(Runs, $"*-{command}-*.jsonl");
        Array.Sort(paths, (left, right) => string.CompareOrdinal(right, left));
        foreach (var path in paths)
        {
            var entries = Journal.Read(path);
            if (entries is [{ Subject: { } found }, ..] && found == subject)
            {
                return Journal.IsFinished(entries) ? null : new RunId(Path.GetFileNameWithoutExtension(path));
            }
        }

        return null;
    }
}
