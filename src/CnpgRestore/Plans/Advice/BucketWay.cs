using CnpgRestore.Barman.Findings;

namespace CnpgRestore.Plans.Advice;

/// <summary>Judges the way from the bucket.</summary>
static class BucketWay
{
    private const int MostFindings = 3;

    public static WayAdvice Judge(AdviceView view)
    {
        var bucket = view.Bucket;
        var (possible, why) = bucket switch
        {
            { NotAsked: { } reason } => ((bool?)null, $"not looked at: {reason}"),
            { Recovery: { } recovery } => (true, $"base backup {recovery.BackupId} in {bucket.Server}/: {recovery.Proof}"),
            // It answers: what was not read in time may well be there.
            { Stage: BucketStage.Listed, Problem: { Code: ProblemCode.Unreachable } problem } => (null, problem.Message),
            // Several folders, and none is named.
            { Problem: { Code: ProblemCode.Usage } problem } => (null, $"{problem.Message} ({problem.Detail}): add --server NAME"),
            { Problem: { } problem } => (false, problem.Message),
            { Unreachable: { } problem } => (false, problem.Message),
            _ => (false, "nothing was found"),
        };
        return new WayAdvice(Way.Bucket, possible, why)
        {
            Problem = bucket.Recovery is null ? bucket.Problem ?? bucket.Unreachable : null,
            Loss = bucket.Recovery is { } found ? Loss.Of(found.UpTo, view.Wanted) : null,
            Estimate = UsesCluster(view) ? Estimate.OfBucket(bucket, view.Lineage) : Estimate.OfDrill(bucket),
            Obstacles = [.. bucket.Obstacles, .. bucket.OfManifest, .. view.Kubernetes.OwnerProblems],
            Warnings = bucket.Recovery is null ? [] : [.. Warnings(view)],
            Commands = BucketCommands.Of(view),
        };
    }

    private static bool UsesCluster(AdviceView view) => view.Kubernetes is { Answers: true, HasCnpg: true };

    private static IEnumerable<string> Warnings(AdviceView view)
    {
        var (bucket, kubernetes) = (view.Bucket, view.Kubernetes);
        if (view.IsOtherDatabase)
        {
            yield return $"the live Cluster is another database ({kubernetes.Cluster!.SystemIdentifier}) than the backup ({bucket.Recovery!.SystemId}): it began new and empty";
        }

        if (bucket.Unreachable is { } unreachable)
        {
            yield return $"{unreachable.Message}: the command goes as far as it can";
        }

        foreach (var finding in bucket.Findings.Where(finding => finding.Severity == FindingSeverity.Error).Take(MostFindings))
        {
            yield return finding.Text;
        }

        foreach (var remark in bucket.Remarks)
        {
            yield return remark;
        }

        if (bucket.Problem is { } problem)
        {
            yield return problem.Message;
        }

        var needed = bucket.Recovery!.OnDisk ?? bucket.Recovery.Stored;
        var measured = bucket.Recovery.OnDisk is null ? "as stored, compressed" : "on its disk";
        if (kubernetes.VolumeSize is { } volume && volume.Bytes < needed.Bytes)
        {
            yield return $"a volume of {volume} is too small: the base backup has {needed} {measured}, and WAL comes on top";
        }

        if (!UsesCluster(view) && view.LocalFree is { } free && free.Bytes < needed.Bytes)
        {
            yield return $"this machine has {free} free for temporary files, and the base backup has {needed} {measured}: give drill another disk with --to DIR";
        }

        if (kubernetes is { Answers: true, OperatorRuns: false })
        {
            yield return "the operator of CloudNativePG does not run: no recovery begins before it does";
        }
    }
}
