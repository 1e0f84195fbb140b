using CnpgRestore.Postgres;

namespace CnpgRestore.Kubernetes.Recovery;

/// <summary>Reads what happened from the log lines of one container, in their order.</summary>
/// <param name="expectedSegments">How many segments the recovery will fetch; null where nobody knows.</param>
sealed class RecoveryLines(string pod, string container, int? expectedSegments)
{
    private const string Restored = "restored log file \"";
    private const string Stopping = "recovery stopping ";
    private const string Redone = "redo done at ";
    private const string NewTimeline = "selected new timeline ID: ";

    private readonly HashSet<WalSegmentName> _segments = [];

    public IEnumerable<RecoveryEvent> Read(LogRecord line)
    {
        yield return new RecoveryEvent.Line(pod, container, line);
        if (RecoveryFailure.Find(line) is { IsPassing: false } failure)
        {
            yield return new RecoveryEvent.FailureRecognized(pod, container, failure.ToProblem(line));
        }

        if ((line.IsFromPostgres ? FromPostgres(line.Message) : FromOperator(line)) is { } found)
        {
            yield return found;
        }
    }

    // [cloudnative-pg] pkg/management/postgres/restore.go; the plugin writes the same words.
    private RecoveryEvent? FromOperator(LogRecord line) => line.Message switch
    {
        "Target backup found" when line.BackupId is { } id => new RecoveryEvent.BackupChosen(pod, id),
        "Starting barman-cloud-restore" => new RecoveryEvent.BaseRestoreStarted(pod),
        "Restore completed" => new RecoveryEvent.BaseRestored(pod),
        _ => null,
    };

    private RecoveryEvent? FromPostgres(string message)
    {
        if (message.StartsWith(Restored, StringComparison.Ordinal))
        {
            // Histories are restored with the same words.
            return WalSegmentName.TryParse(message.AsSpan(Restored.Length).SliceTo('"'), out var segment) && _segments.Add(segment)
                ? new RecoveryEvent.SegmentRestored(pod, segment, _segments.Count, expectedSegments)
                : null;
        }

        if (message.StartsWith(Stopping, StringComparison.Ordinal))
        {
            return new RecoveryEvent.TargetReached(pod, message);
        }

        if (message.StartsWith(Redone, StringComparison.Ordinal))
        {
            return Lsn.TryParse(message.AsSpan(Redone.Length).SliceTo(' ').ToString(), null, out var lsn) ? new RecoveryEvent.RedoDone(pod, lsn) : null;
        }

        return message.StartsWith(NewTimeline, StringComparison.Ordinal) && TimelineId.TryParse(message[NewTimeline.Length..], null, out var timeline)
            ? new RecoveryEvent.TimelineSelected(pod, timeline)
            : null;
    }
}

static class SpanReading
{
    /// <summary>What stands in front of the first such character, or all of it.</summary>
    public static ReadOnlySpan<char> SliceTo(this ReadOnlySpan<char> text, char end) => text.IndexOf(end) is >= 0 and var index ? text[..index] : text;
}
