using System.Globalization;
using System.Text.RegularExpressions;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Postgres;

namespace CnpgRestore.Diagnosis.Checks;

/// <summary>
/// wal-restore refuses the history of a timeline that is newer than the Cluster's ([cloudnative-pg] internal/cmd/manager/walrestore/cmd.go). It says so of
/// each that PostgreSQL asks for, there or not: only one that lies in the bucket is missed.
/// </summary>
static partial class HistoryChecks
{
    private const string Refusing = "Refusing to restore future timeline history file";

    public static IEnumerable<Finding> Look(Examination exam)
    {
        if (!exam.AwaitsRecovery || exam.Manifest?.Source is not { } source || !FolderChecks.IsInBucket(exam, source) || exam.Bucket.Find(source.ServerName) is not { } folder)
        {
            yield break;
        }

        var refused = LogChecks.Speaking(exam).Where(log => log.Container == CnpgNames.RecoveryContainer).SelectMany(log => log.Lines.Select(line => (log.Place, Line: line)))
            .Where(said => said.Line.Contains(Refusing, StringComparison.Ordinal) && Asked(said.Line) is { } timeline && folder.State.Archive.HistoryFiles.ContainsKey(timeline))
            .Select(said => (said.Place, Name: History().Match(said.Line).Value)).Distinct().ToList();
        if (refused.Count > 0)
        {
            yield return exam.Found(
                ReplayAilments.CutAtFork, $"{refused[^1].Name} is in {source.ServerName}/, and the operator does not let the recovery read it", refused.Select(said => new Evidence(said.Place, $"{Refusing}: {said.Name}")),
                ("folder", source.ServerName));
        }
    }

    /// <summary>Whether a recovery that has ended on an older timeline has read all of it up to where it was left: no outage, which ends anywhere.</summary>
    public static bool IsCutAtFork(FolderExamination from, TimelineAncestor left, TimelineId newest)
    {
        var size = from.State.Catalog.SegmentSize;
        return left.Timeline < newest && from.State.Archive.HistoryOf(newest).SwitchLsnOf(left.Timeline) is { } fork && left.SwitchLsn.Value / size.Bytes >= fork.Value / size.Bytes;
    }

    private static TimelineId? Asked(string line) => uint.TryParse(History().Match(line).Groups["timeline"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) ? new TimelineId(number) : null;

    [GeneratedRegex(@"(?<timeline>[0-9A-F]{8})\.history", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex History();
}
