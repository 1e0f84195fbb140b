using System.Text;
using System.Text.Json;

namespace CnpgRestore.Runs;

/// <summary>
/// The append-only record of one run: a JSON object per line, on disk before a step starts and after it ends. It says what was attempted; what
/// is true is always asked of the world. A torn last line, as a power cut leaves it, is dropped; any other damage refuses.
/// </summary>
public sealed class Journal : IDisposable
{
    private readonly FileStream _file;
    private readonly TimeProvider _clock;

    private Journal(RunId run, string path, IReadOnlyList<JournalEntry> entries, TimeProvider clock)
    {
        Run = run;
        Entries = entries;
        _clock = clock;
        // Without a buffer: what could not be written is not kept for another attempt.
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
    }

    public RunId Run { get; }

    /// <summary>What an earlier process wrote; empty for a new run.</summary>
    public IReadOnlyList<JournalEntry> Entries { get; }

    /// <param name="again">The command line that goes on, where the run's name alone does not find it.</param>
    public static Journal Create(StateFolder state, string command, string subject, TimeProvider clock, string? again = null) =>
        Create(state, state.NewRun(command, clock), command, subject, clock, again);

    /// <summary>For a run that has its name already, as one that another machine began.</summary>
    public static Journal Create(StateFolder state, RunId run, string command, string subject, TimeProvider clock, string? again = null)
    {
        var journal = new Journal(run, state.JournalOf(run), [], clock);
        journal.Append(JournalEntry.RunStarted, entry => entry with
        {
            Run = run.Value,
            Command = command,
            Subject = subject,
            Version = ProgramVersion.Own,
            Host = Environment.MachineName,
            ProcessId = Environment.ProcessId,
            Text = again,
        });
        return journal;
    }

    /// <summary>Opens a journal to go on with it; cuts a torn last line off.</summary>
    public static Journal Resume(StateFolder state, RunId run, TimeProvider clock)
    {
        var path = state.JournalOf(run);
        var (entries, length) = ReadWithLength(path);
        var journal = new Journal(run, path, entries, clock);
        journal._file.SetLength(length);
        journal._file.Position = length;
        journal.Append(JournalEntry.RunResumed, entry => entry with { Host = Environment.MachineName, ProcessId = Environment.ProcessId });
        return journal;
    }

    /// <exception cref="RestoreException">A line other than the last is damaged.</exception>
    public static IReadOnlyList<JournalEntry> Read(string path) => ReadWithLength(path).Entries;

    /// <summary>Whether the run may be about a subject, as its first line says; where that cannot be read, it may be about any.</summary>
    public static bool MayConcern(string path, string subject)
    {
        using var lines = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return Parse(Encoding.UTF8.GetBytes(lines.ReadLine() ?? "")) is not { Subject: { } other } || other == subject;
    }

    /// <summary>Whether the run came to its end.</summary>
    public static bool IsFinished(IReadOnlyList<JournalEntry> entries) => entries.Any(entry => entry.Type == JournalEntry.RunFinished);

    /// <summary>Returns when the line is on disk.</summary>
    /// <exception cref="IOException">It is not: the disk is full, or worse. The journal is as it was before.</exception>
    public void Append(string type, Func<JournalEntry, JournalEntry>? fill = null)
    {
        var entry = new JournalEntry(type, _clock.GetUtcNow());
        var line = JsonSerializer.SerializeToUtf8Bytes(fill is null ? entry : fill(entry), JournalJson.Readable.JournalEntry);
        var end = _file.Position;
        try
        {
            _file.Write([.. line, (byte)'\n']);
            _file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // Half a line must not stand in front of the next one.
            _file.SetLength(end);
            _file.Position = end;
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private static (IReadOnlyList<JournalEntry> Entries, long Length) ReadWithLength(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var entries = new List<JournalEntry>();
        var start = 0;
        for (var end = Array.IndexOf(bytes, (byte)'\n'); end >= 0; end = Array.IndexOf(bytes, (byte)'\n', start))
        {
            var line = bytes.AsSpan(start, end - start);
            entries.Add(Parse(line) ?? throw Damaged(path, entries.Count + 1, Encoding.UTF8.GetString(line)));
            start = end + 1;
        }

        // What follows the last newline never became a line.
        return (entries, start);
    }

    private static JournalEntry? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalJson.Readable.JournalEntry) is { Type: not null } entry ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static RestoreException Damaged(string path, int line, string text) => new(
        ProblemCode.Refused,
        $"journal {path} is damaged in line {line}",
        $"it reads '{(text.Length > 80 ? text[..80] + "..." : text)}'",
        "move the file away; every step asks the world what is already done, so the same command may be run again without it");
}
