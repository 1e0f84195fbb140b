namespace CnpgRestore.Runs;

/// <summary>
/// The local folder of journals and locks: <c>CNPG_RESTORE_STATE</c>, else <c>${XDG_STATE_HOME:-~/.local/state}/cnpg-restore</c>. Readable by its
/// owner only.
/// </summary>
public sealed class StateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>To begin a run or to go on with one: made where it is missing.</summary>
    /// <exception cref="RestoreException">The folder cannot be made.</exception>
    public StateFolder(string path)
    {
        Root = path;
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
        catch (Exception e) when (e is (IOException or UnauthorizedAccessException) && !DiskErrors.IsFull(e))
        {
            throw new RestoreException(
                ProblemCode.AccessDenied,
                $"Permission denied: the state folder {path} cannot be written",
                e.Message,
                "set CNPG_RESTORE_STATE to a folder of your own; a run without a journal is not started",
                e);
        }
    }

    private StateFolder()
    {
    }

    /// <summary>To look at what is there: nothing is made, and nothing need be there.</summary>
    public static StateFolder ToRead(string path) => new() { Root = path };

    public string Locks => Path.Combine(Root, "locks");

    private string Root { get; init; } = "";

    private string Runs => Path.Combine(Root, "runs");

    public string JournalOf(RunId run) => Path.Combine(Runs, $"{run}.jsonl");

    /// <summary>The name of a run that is about to begin; it sorts behind those of all runs of this machine.</summary>
    public RunId NewRun(string command, TimeProvider clock) => RunId.Create(command, clock, List() is [var newest, ..] ? newest : null);

    /// <summary>What the journal of a run says; empty where this machine has none.</summary>
    public IReadOnlyList<JournalEntry> Read(RunId run) => File.Exists(JournalOf(run)) ? Journal.Read(JournalOf(run)) : [];

    /// <summary>The journals on this machine, newest first.</summary>
    public IReadOnlyList<RunId> List() => !Directory.Exists(Runs)
        ? []
        : [.. Directory.GetFiles(Runs, "*.jsonl").Select(path => new RunId(Path.GetFileNameWithoutExtension(path))).OrderByDescending(run => run.Value, StringComparer.Ordinal)];

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
