using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis.Catalogue;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Recovery;
using CnpgRestore.Manifests;

namespace CnpgRestore.Diagnosis.Collection;

/// <summary>Everything that was read about a Cluster, at one moment. The checks see nothing else, so a recorded one can be judged again.</summary>
public sealed record Examination
{
    public required string Cluster { get; init; }

    public required string Namespace { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Whether the API answered; otherwise all lists of it are empty and mean nothing.</summary>
    public bool HasKubernetes { get; init; }

    /// <summary>Whether the API said if there is such a Cluster.</summary>
    public bool KnowsCluster { get; init; }

    /// <summary>The Cluster as the API has it; null where it is gone.</summary>
    public JsonObject? Live { get; init; }

    public CnpgCluster? State { get; init; }

    /// <summary>What the live Cluster says, or, where it is gone, the file.</summary>
    public ClusterManifest? Manifest { get; init; }

    /// <summary>What the file says that the user gave; it may differ from what lives.</summary>
    public ClusterManifest? Written { get; init; }

    /// <summary>A folder that the user names where no manifest does.</summary>
    public string? Server { get; init; }

    /// <summary>Server names that other Clusters archive to, of all namespaces that can be seen.</summary>
    public IReadOnlyList<string> OtherFolders { get; init; } = [];

    /// <summary>Of the Cluster, and of any Job of the namespace.</summary>
    public IReadOnlyList<JsonObject> Pods { get; init; } = [];

    /// <summary>All of the namespace: a Job that loads a dump has no label of the Cluster.</summary>
    public IReadOnlyList<JsonObject> Jobs { get; init; } = [];

    public IReadOnlyList<JsonObject> Claims { get; init; } = [];

    public IReadOnlyList<JsonObject> Backups { get; init; } = [];

    public IReadOnlyList<JsonObject> ScheduledBackups { get; init; } = [];

    public IReadOnlyList<JsonObject> ObjectStores { get; init; } = [];

    public IReadOnlyList<ClusterEvent> Events { get; init; } = [];

    public IReadOnlyList<ContainerLog> Logs { get; init; } = [];

    public IReadOnlyList<SecretShape> Secrets { get; init; } = [];

    public IReadOnlyList<GitOpsState> Owners { get; init; } = [];

    /// <summary>The id of the unfinished run that the ConfigMap beside the Cluster names.</summary>
    public string? Run { get; init; }

    /// <summary>Who holds the Lease now, as it says; null where nobody does.</summary>
    public string? Holder { get; init; }

    /// <summary>Workloads that are stopped for the Cluster: <c>deployment/shop in namespace web</c>.</summary>
    public IReadOnlyList<string> StoppedApps { get; init; } = [];

    /// <summary>Databases of the running primary, with the number of relations of a user's in each; empty where it cannot be asked.</summary>
    public IReadOnlyDictionary<string, long> Databases { get; init; } = new Dictionary<string, long>();

    public BucketExamination Bucket { get; init; } = BucketExamination.None;

    public DumpsExamination? Dumps { get; init; }

    /// <summary>What could not be read, one clause each, and what it needs.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The first instance is made, so that bootstrap is not looked at any more.</summary>
    public bool HasPrimary => State?.CurrentPrimary is not null;

    /// <summary>The manifest says recovery, and it has not happened: there is no primary, or no Cluster.</summary>
    public bool AwaitsRecovery => !HasPrimary && Manifest?.Method == BootstrapMethod.Recovery;

    /// <summary>The folder that belongs to this Cluster, in the Barman Cloud sense.</summary>
    public string ArchiveName => Manifest?.Destination?.ServerName ?? Server ?? Cluster;

    /// <summary>The bootstrap Job of the Cluster, or a former one's that is still there.</summary>
    public JsonObject? BootstrapJob => Jobs.FirstOrDefault(job => IsOfCluster(job) && job.Text("metadata", "labels", CnpgNames.JobRoleLabel) is not (null or "join"));

    public bool IsOfCluster(JsonObject item) => item.Text("metadata", "labels", CnpgNames.ClusterLabel) == Cluster;

    /// <summary>Events about the Cluster itself, not about a former one of its name.</summary>
    public IEnumerable<ClusterEvent> OwnEvents => Events.Where(told => State is not null && told.AboutUid == State.Uid);

    /// <summary>A finding with the names of this Cluster filled in; without a living Cluster its bucket is named instead of it.</summary>
    public Finding Found(Ailment ailment, string what, IEnumerable<Evidence> evidence, params IReadOnlyList<(string Name, string Value)> names)
    {
        const string ByCluster = "backups {verb} --cluster {cluster} -n {namespace}";
        var found = ailment.Found(what, evidence, [.. names, ("cluster", Cluster), ("namespace", Namespace)]);
        if (Live is not null || Bucket.Address is null || ailment.Command is null)
        {
            return found;
        }

        var command = found.Command!;
        foreach (var verb in (string[])["list", "check"])
        {
            var live = ByCluster.Replace("{verb}", verb, StringComparison.Ordinal).Replace("{cluster}", Cluster, StringComparison.Ordinal).Replace("{namespace}", Namespace, StringComparison.Ordinal);
            command = command.Replace(live, $"backups {verb} --bucket {Bucket.Address}{(Bucket.Endpoint is null ? "" : $" --endpoint {Bucket.Endpoint}")}", StringComparison.Ordinal);
        }

        return found with { Command = command };
    }
}
