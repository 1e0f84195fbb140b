using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Plans.FromDump;

/// <summary>What <c>from-dump CLUSTER --strategy fresh</c> asks for beside the dump. Null means: found out.</summary>
public sealed record FreshRequest
{
    public required string Cluster { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Of the database that is restored; null where the manifest says it.</summary>
    public string? Owner { get; init; }

    public Lineage? Lineage { get; init; }

    /// <summary>The server folder that the new Cluster archives to; implies <see cref="Clusters.Lineage.New"/>.</summary>
    public string? ArchiveName { get; init; }

    /// <summary>The manifests; none means the live object.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    public ApplyMode Apply { get; init; }

    /// <summary>With <see cref="ApplyMode.Git"/>: push the commit to the branch's upstream.</summary>
    public bool Push { get; init; }

    /// <summary>Other databases of the Cluster may go with it.</summary>
    public bool LosesOthers { get; init; }
}
