namespace CnpgRestore.Plans.Advice;

/// <summary>The command lines of the way from the bucket, in the user's own words.</summary>
static class BucketCommands
{
    private const string Manifest = "cluster.yaml";

    public static IReadOnlyList<AdvisedCommand> Of(AdviceView view)
    {
        if (view.Bucket is not { Recovery: { } recovery, Server: { } server })
        {
            return [];
        }

        var recover = Recover(view, recovery, server);
        return view.Kubernetes is { Answers: true, HasCnpg: true }
            ? [new("shows the plan, changes nothing", $"{recover} --dry-run"), new("recovers", recover)]
            :
            [
                new("proves it on this machine, and with --keep leaves the files", CommandText.Of("drill", [.. Place(view, server), .. CommandText.Target(recovery.Target)])),
                new(view.Request.Cluster is null ? "recovers, in a Kubernetes with CloudNativePG and the Cluster's manifest" : "recovers, as soon as Kubernetes answers", recover),
            ];
    }

    private static string Recover(AdviceView view, BucketRecovery recovery, string server)
    {
        var request = view.Request;
        IEnumerable<string> files = request.Files.Count > 0 ? request.Files : request.Cluster is null || view.Kubernetes.IsGone ? [Manifest] : [];
        IEnumerable<string> source = request.Server is null ? [] : ["--source", server];
        return CommandText.Of(
            "from-backup",
            [request.Cluster ?? server, .. request.KubernetesWords, .. files.SelectMany(file => (string[])["-f", file]), .. request.StoreWords, .. source, .. CommandText.Target(recovery.Target)]);
    }

    private static IEnumerable<string> Place(AdviceView view, string server) => view.Request switch
    {
        { NamesBucket: true } request => ["--server", server, .. request.StoreWords],
        var request => [.. request.Files.SelectMany(file => (string[])["-f", file]), "--server", server],
    };
}
