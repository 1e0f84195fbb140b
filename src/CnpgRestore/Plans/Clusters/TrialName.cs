namespace CnpgRestore.Plans.Clusters;

/// <summary>The name under which a Cluster is created in a dry run, while the present one still has its own: <c>orders-preflight</c>.</summary>
static class TrialName
{
    /// <summary>The operator's webhook admits no longer one ([cloudnative-pg] internal/webhook/v1/cluster_webhook.go).</summary>
    private const int Longest = 50;

    public static string Of(string cluster)
    {
        var trial = With(cluster, "-preflight");
        return trial == cluster ? With(cluster, "-trial") : trial;
    }

    private static string With(string cluster, string suffix) => $"{cluster[..Math.Min(cluster.Length, Longest - suffix.Length)].TrimEnd('-')}{suffix}";
}
