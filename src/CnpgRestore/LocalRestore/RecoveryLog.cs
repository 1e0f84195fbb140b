using System.Globalization;

namespace CnpgRestore.LocalRestore;

/// <summary>
/// What PostgreSQL says during a recovery, read from its log lines (in the C locale). Lines come from one reader; the properties may be read from
/// anywhere.
/// </summary>
public sealed class RecoveryLog
{
    private const int KeptLines = 12;
    private const string LastCompleted = "last completed transaction was at log time ";

    private static readonly string[] ErrorLevels = ["FATAL:  ", "PANIC:  ", "ERROR:  ", "DETAIL:  ", "HINT:  "];

    private readonly Lock _lock = new();
    private readonly Queue<string> _last = new();
    private readonly List<string> _errors = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the database accepts connections, and only then.</summary>
    public Task Ready => _ready.Task;

    /// <summary>When the last replayed transaction ended, by the clock of the original server; null where none was replayed.</summary>
    public DateTimeOffset? LastTransaction { get; private set; }

    public void Add(string line)
    {
        lock (_lock)
        {
            _last.Enqueue(line);
            if (_last.Count > KeptLines)
            {
                _last.Dequeue();
            }

            if (Array.Exists(ErrorLevels, level => line.StartsWith(level, StringComparison.Ordinal)))
            {
                _errors.Add(line);
            }
        }

        if (line.IndexOf(LastCompleted, StringComparison.Ordinal) is >= 0 and var completed &&
            DateTimeOffset.TryParse(line[(completed + LastCompleted.Length)..], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time))
        {
            LastTransaction = time;
        }
        else if (line.EndsWith("database system is ready to accept connections", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }

    /// <summary>Why PostgreSQL ended although nobody asked it to.</summary>
    public Problem Explain()
    {
        lock (_lock)
        {
            var evidence = string.Join('\n', _errors.Count > 0 ? _errors.AsEnumerable() : _last);
            return KnownFailure.Find(evidence) ?? new Problem(ProblemCode.Differences, "PostgreSQL ended during the recovery", evidence);
        }
    }
}
