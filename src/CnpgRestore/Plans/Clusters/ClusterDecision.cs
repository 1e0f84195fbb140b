using System.Text.Json.Serialization;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Plans.Clusters;

/// <summary>
/// What a run that replaces a Cluster has decided, and all that another machine needs to go on or to undo. It lives in a ConfigMap beside the Cluster.
/// Fields may be added, never renamed. No secret is among them.
/// </summary>
public abstract record ClusterDecision
{
    /// <summary>Where it stands in the ConfigMap.</summary>
    public const string RecordKey = "decision.json";

    /// <summary>Where the manifest stands that will be created.</summary>
    public const string RecordedManifestKey = "cluster.json";

    /// <summary>The label of the ConfigMap.</summary>
    public const string RecordLabel = "app.kubernetes.io/managed-by=cnpg-restore";

    /// <summary>Says nothing about the data: no reason to plan a run anew.</summary>
    public const string PushOption = "--push";

    public required string Run { get; init; }

    /// <summary>An unfinished run whose place this one takes, with what it had suspended.</summary>
    public string? Supersedes { get; init; }

    public required string Cluster { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Of the Cluster that the run found; null where there was none.</summary>
    public string? FormerUid { get; init; }

    public required Lineage Lineage { get; init; }

    /// <summary>The server folder that the new Cluster archives to; empty where it takes no backups.</summary>
    public required string Archive { get; init; }

    /// <summary>What <see cref="Archive"/> is renamed to; null where nothing is moved.</summary>
    public string? MoveTo { get; init; }

    public required ApplyMode Apply { get; init; }

    public bool Push { get; init; }

    /// <summary>As the command line named it; null where the manifest says it.</summary>
    public ApplicationDatabase? Application { get; init; }

    /// <summary>Manifests, as paths on <see cref="Host"/>.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>All files that the edit changes, those that were found beside <see cref="Files"/> among them; null in the record of a version that did not say.</summary>
    public IReadOnlyList<string>? Edited { get; init; }

    public required string Host { get; init; }

    public IReadOnlyList<SuspendedOwner> Owners { get; init; } = [];

    /// <summary>Backups go through the Barman Cloud plugin.</summary>
    public bool UsesPlugin { get; init; }

    /// <summary>How the new Cluster comes to its data directory.</summary>
    [JsonIgnore]
    public abstract BootstrapMethod Bootstrap { get; }

    /// <summary>Of the Job that makes it.</summary>
    [JsonIgnore]
    public abstract string Job { get; }

    /// <summary>What is made, as messages name it: <c>recovery</c>.</summary>
    [JsonIgnore]
    public abstract string Word { get; }

    /// <summary>What the new Cluster is made from, as a clause.</summary>
    [JsonIgnore]
    public abstract string Origin { get; }

    /// <summary>What is left when the former Cluster is gone, as a clause.</summary>
    [JsonIgnore]
    public abstract string Remains { get; }

    /// <summary>The commit of the manifest: its first line, an empty one, and what there is to know.</summary>
    [JsonIgnore]
    public abstract string CommitMessage { get; }

    /// <summary>The verb that may be given again.</summary>
    [JsonIgnore]
    public abstract string Command { get; }

    /// <summary>How many WAL segments the bootstrap replays, for progress; 0 where it replays none.</summary>
    [JsonIgnore]
    public virtual long SegmentCount => 0;

    [JsonIgnore]
    public ObjectReference Reference => new(ResourceTypes.Clusters, Namespace, Cluster);

    [JsonIgnore]
    public string ResumeCommand => $"cnpg-restore runs resume {Run} -n {Namespace}";

    /// <summary>Edits the manifests to say what is decided; nothing is written to disk.</summary>
    public abstract ManifestEdit Edit(ManifestSet set);

    /// <summary>Whether a Cluster that is there, whoever created it, is the one that was decided.</summary>
    public abstract bool IsSaidBy(ClusterManifest found);
}
