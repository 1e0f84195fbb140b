using CnpgRestore.ObjectStore.S3;
using CnpgRestore.Postgres;

namespace CnpgRestore.Plans.Advice;

/// <summary>What <c>advise</c> is asked, and the words it was asked in, so that the commands that it answers with say the same.</summary>
public sealed record AdviceRequest
{
    /// <summary>Null where only a bucket or a folder of dumps is named: Kubernetes is then not asked.</summary>
    public string? Cluster { get; init; }

    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The server folder, where the command line names it.</summary>
    public string? Server { get; init; }

    /// <summary>The command line names the bucket itself.</summary>
    public bool NamesBucket { get; init; }

    /// <summary>The moment to go back to; null: as far as there is data.</summary>
    public TargetTime? Target { get; init; }

    public Wish? Wish { get; init; }

    /// <summary>A folder of dumps, or one dump.</summary>
    public string? Dumps { get; init; }

    /// <summary>Longest time for each of the three looks.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary><c>-n database</c>, <c>--context</c>, <c>--kubeconfig</c>, as they were typed.</summary>
    public IReadOnlyList<string> KubernetesWords { get; init; } = [];

    /// <summary><c>-b s3://...</c>, <c>-e https://...</c>, as they were typed.</summary>
    public IReadOnlyList<string> StoreWords { get; init; } = [];

    /// <summary>To the Cluster's own bucket.</summary>
    public StoreRoute Route { get; init; } = StoreRoute.AsPods;
}
