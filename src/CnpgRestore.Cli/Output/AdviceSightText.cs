using CnpgRestore.Plans.Advice;
using static System.FormattableString;

namespace CnpgRestore.Cli.Output;

/// <summary>What was seen, one line for each place.</summary>
static class AdviceSightText
{
    public static IEnumerable<(string What, string Line)> Of(AdviceView view) =>
        [("Kubernetes", Kubernetes(view.Kubernetes, view.Request.Cluster)), ("bucket", Bucket(view.Bucket)), ("dumps", Dumps(view.Dumps, view.Now))];

    private static string Kubernetes(KubernetesSight seen, string? cluster)
    {
        if (seen.NotAsked is { } reason)
        {
            return $"not asked: {reason}";
        }

        if (!seen.Answers || !seen.HasCnpg)
        {
            return seen.Problem?.Message ?? "it does not answer";
        }

        List<string?> parts =
        [
            seen.Server,
            (seen.Cluster, seen.IsGone) switch
            {
                ({ } live, _) => Invariant($"{cluster}: {(live.Phase.Length > 0 ? live.Phase : "no phase yet")}, {live.ReadyInstances} of {live.Instances} ready{(live.IsArchiving == false ? ", not archiving" : "")}"),
                (_, true) => $"{cluster} does not exist in namespace {seen.Namespace}",
                _ => seen.Problem?.Message,
            },
            seen switch { { OperatorRuns: true } => $"operator {seen.Operator}", { OperatorRuns: false } => $"the operator does not run ({seen.Operator})", _ => "no operator found" },
            seen.Owners.Count > 0 ? $"from Git by {string.Join(", ", seen.Owners)}" : null,
            seen.VolumeSize is { } size ? $"volume {size}" : null,
            seen.SuperuserAccess switch { true => "superuser access", false => "no superuser access", null => null },
            .. seen.Unknown.Select(unknown => $"not seen: {unknown}"),
        ];
        return string.Join("; ", parts.OfType<string>());
    }

    private static string Bucket(BucketSight seen)
    {
        if (seen.NotAsked is { } reason)
        {
            return $"not looked at: {reason}";
        }

        if (seen.Recovery is not { } found)
        {
            var problem = seen.Problem ?? seen.Unreachable;
            return $"{problem?.Message}{(problem?.Detail is { } detail ? $" ({detail})" : "")}{(seen.RefusedAction is { } action ? $"; refused: {action}" : "")}";
        }

        var archived = found.LastArchived is { } time ? $", written {Spoken.Time(time)}" : "";
        var commit = found.LastCommit is { } last ? $"last commit {Spoken.Time(last)}" : "no commit in the last segments";
        return Invariant($"{seen.Server}/ in {seen.Address}; base backup {found.BackupId}, {found.Stored}, PostgreSQL {found.Version}; {Counted.Of(found.Segments, "WAL segment")} to {found.LastSegment}{archived}; {commit}");
    }

    private static string Dumps(DumpSight seen, DateTimeOffset now)
    {
        if (seen.NotAsked is { } reason)
        {
            return $"not looked at: {reason}";
        }

        if (seen.Chosen is not { } dump)
        {
            return seen.Problem?.Message ?? Invariant($"{seen.Path}: none of {seen.Count} can be taken");
        }

        var state = seen.IsProven ? "complete" : "not read to its end";
        var version = seen.Inspection?.ServerVersion is { } server ? $", of PostgreSQL {server}" : "";
        return Invariant($"{seen.Path}: {dump.Names[0]}, {dump.File.Size}, {Spoken.Duration(now - dump.Time)} old, {state}{version}; {seen.Count} in all, {seen.Skipped.Count} passed over");
    }
}
