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

    /// <summary>What other Clusters archive to, of all namespaces that can be seen.</summary>
    public IReadOnlyList<OtherFolder> OtherFolders { get; init; } = [];

    /// <summary>Whether the pods could be listed: otherwise that there are none means nothing.</summary>
    public bool KnowsPods { get; init; }

    /// <summary>Of the Cluster, and of any Job of the namespace.</summary>
    public IReadOnlyList<JsonObject> Pods { get; init; } = [];

    /// <summary>All of the namespace: a Job that loads a dump has no label of the Cluster.</summary>
    public IReadOnlyList<JsonObject> Jobs { get; init; } = [];

    public IReadOnlyList<JsonObject> Claims { get; init; } = [];

    public IReadOnlyList<JsonObject> Backups { get; init; } = [];

    public IReadOnlyList<JsonObject> ScheduledBackups { get; init; } = [];

    public IReadOnlyList<JsonObject> ObjectStores { get; init; } = [];

    /// <summary>Those of the Cluster.</summary>
    public IReadOnlyList<JsonObject> Poolers { get; init; } = [];

    /// <summary>All of the namespace: by some of them clients reach the Cluster.</summary>
    public IReadOnlyList<JsonObject> Services { get; init; } = [];

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

    /// <summary>Instances whose pod Kubernetes calls ready, whatever the operator last wrote.</summary>
    public IEnumerable<JsonObject> ReadyPods => Pods.Where(pod => IsInstance(pod) && pod.HasCondition("Ready") && pod.At("metadata", "deletionTimestamp") is null);

    /// <summary>
    /// The operator called the Cluster healthy, and its pods are not: nobody has written the status since. Where PostgreSQL is stopped on purpose,
    /// or the Cluster goes away, nothing else is to be expected.
    /// </summary>
    public bool IsStatusStale => KnowsPods && State is { Phase: ClusterPhase.Healthy, IsHibernated: false, IsFenced: false, IsBeingDeleted: false } state && ReadyPods.Count() < state.ReadyInstances;

    /// <summary>Nothing that is known speaks against it; what the instances have said before is then over.</summary>
    public bool IsWell => State is { IsHealthy: true, IsBeingDeleted: false } and not { IsArchiving: false } && !IsStatusStale;

    /// <summary>A pod that runs PostgreSQL: neither that of a Job nor that of a Pooler.</summary>
    public bool IsInstance(JsonObject pod) => IsOfCluster(pod) && Owned.JobOf(pod) is null && pod.Text("metadata", "labels", CnpgNames.PodRoleLabel) != "pooler";

    public bool IsOfCluster(JsonObject item) => item.Text("metadata", "labels", CnpgNames.ClusterLabel) == Cluster;

    /// <summary>Events about the Cluster itself, not about a former one of its name.</summary>
    public IEnumerable<ClusterEvent> OwnEvents => Events.Where(told => State is not null && told.AboutUid == State.Uid);

    /// <summary>Lists the bucket without the Cluster, and from its root, where a wrong prefix is seen.</summary>
    public string ListBucket => "cnpg-restore backups list" + Named(Root(Bucket.Address));

    /// <summary>A finding with the names of this Cluster filled in. Without a living Cluster its bucket is named instead of it, and its manifest is needed.</summary>
    public Finding Found(Ailment ailment, string what, IEnumerable<Evidence> evidence, params IReadOnlyList<(string Name, string Value)> names)
    {
        var found = ailment.Found(what, evidence, [.. names, ("cluster", Cluster), ("namespace", Namespace)]);
        if (found.Command is not { } command)
        {
            return found;
        }

        if (Manifest?.Destination is { IsPlugin: true })
        {
            command = command.Replace("\"method\":\"barmanObjectStore\"", $"\"method\":\"plugin\",\"pluginConfiguration\":{{\"name\":\"{BackupFolder.PluginName}\"}}", StringComparison.Ordinal);
        }

        // A log of the recovery is about its source's; all else is of the archive.
        if (ailment.IsInStore && (names.FirstOrDefault(name => name.Name == "store").Value ?? Manifest?.Destination?.ObjectStoreName) is { Length: > 0 } store)
        {
            command = command.Replace($"kubectl edit cluster {Cluster} ", $"kubectl edit objectstore {store} ", StringComparison.Ordinal);
        }

        if (Live is null)
        {
            command = WithoutCluster(command);
        }

        return found with { Command = command };
    }

    private string WithoutCluster(string command)
    {
        var recovery = $"cnpg-restore from-backup {Cluster} -n {Namespace}";
        if (command.StartsWith(recovery, StringComparison.Ordinal) && !command.Contains(" -f ", StringComparison.Ordinal))
        {
            command = $"{recovery} -f cluster.yaml{command[recovery.Length..]}";
        }

        foreach (var verb in (string[])["list", "check"])
        {
            command = command.Replace($"backups {verb} --cluster {Cluster} -n {Namespace}", Bucket.Address is null ? $"backups {verb} -f cluster.yaml" : $"backups {verb}{Named(Bucket.Address)}", StringComparison.Ordinal);
        }

        return command;
    }

    private string Named(string? bucket) => $"{(bucket is null ? "" : $" --bucket {bucket}")}{(Bucket.Endpoint is null ? "" : $" --endpoint {Bucket.Endpoint}")}";

    private static string? Root(string? bucket) => bucket?.Split('/') is ["s3:", "", var name, ..] ? $"s3://{name}" : bucket;
}
