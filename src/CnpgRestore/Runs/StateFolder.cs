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
            const string own = "set CNPG_RESTORE_STATE to a folder of your own; a run without a journal is not started";
            throw File.Exists(path)
                ? new RestoreException(ProblemCode.AccessDenied, $"the state folder {path} is a file", null, own, e)
                : new RestoreException(ProblemCode.AccessDenied, $"Permission denied: the state folder {path} cannot be written", e.Message, own, e);
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
    /// <exception cref="RestoreException">It is damaged, or may not be read.</exception>
    public IReadOnlyList<JournalEntry> Read(RunId run) => Look<IReadOnlyList<JournalEntry>>(() => Journal.Read(JournalOf(run)), []);

    /// <summary>The journals on this machine, newest first.</summary>
    /// <exception cref="RestoreException">Exit 12: they may not be read.</exception>
    public IReadOnlyList<RunId> List() => [.. Paths("*.jsonl").Select(path => new RunId(Path.GetFileNameWithoutExtension(path)))];

    /// <summary>Whether a run, by its journal, had at least begun a step.</summary>
    public bool HasBegun(RunId run, string stepId) =>
        Journal.Read(JournalOf(run)).Any(entry => entry.Type == JournalEntry.StepStarted && entry.Step == stepId);

    /// <summary>The newest run of a command on a subject that has not finished, or null.</summary>
    /// <exception cref="RestoreException">The journal of such a run is damaged.</exception>
    public RunId? FindUnfinished(string command, string subject)
    {
        foreach (var path in Paths($"*-{command}-*.jsonl").Where(path => Journal.MayConcern(path, subject)))
        {
            // A first line that is torn is no run yet.
            if (Journal.Read(path) is [{ Subject: { } found }, ..] entries && found == subject)
            {
                return Journal.IsFinished(entries) ? null : new RunId(Path.GetFileNameWithoutExtension(path));
            }
        }

        return null;
    }

    /// <summary>The newest first.</summary>
    private string[] Paths(string pattern)
    {
        var paths = Look(() => Directory.GetFiles(Runs, pattern), []);
        Array.Sort(paths, (left, right) => string.CompareOrdinal(right, left));
        return paths;
    }

    private T Look<T>(Func<T> look, T nothing)
    {
        try
        {
            return look();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && !File.Exists(Root))
        {
            return nothing;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RestoreException(
                ProblemCode.AccessDenied,
                File.Exists(Root) ? $"the state folder {Root} is a file" : $"Permission denied: the state folder {Root} cannot be read",
                e.Message,
                "run it as the user who began the runs, or set CNPG_RESTORE_STATE",
                e);
        }
    }
}
