using CnpgRestore.Postgres;

namespace CnpgRestore.Kubernetes.Recovery;

/// <summary>One thing that <see cref="RecoveryWatch"/> saw. What follows from it, the consumer decides.</summary>
public abstract record RecoveryEvent
{
    private RecoveryEvent()
    {
    }

    /// <summary>Phase, conditions or instances of the Cluster are new or other than before.</summary>
    public sealed record ClusterChanged(CnpgCluster Cluster) : RecoveryEvent;

    /// <summary>The Cluster is gone, or another one has its name.</summary>
    public sealed record ClusterDeleted : RecoveryEvent;

    /// <summary>The operator says what it makes the first instance from.</summary>
    public sealed record Bootstrapping(BootstrapOrigin Origin, string Message) : RecoveryEvent;

    /// <summary>Any event about the Cluster, its Jobs, pods and claims, those of <see cref="Bootstrapping"/> included.</summary>
    public sealed record Told(ClusterEvent Event) : RecoveryEvent;

    /// <summary>A pod of the recovery Job is there; the Job makes up to seven, one after the other.</summary>
    public sealed record AttemptStarted(string Pod, int Number) : RecoveryEvent;

    /// <summary>A container of any pod ended with a failure.</summary>
    public sealed record ContainerFailed(string Pod, string Container, int ExitCode, string Reason) : RecoveryEvent;

    /// <summary>A pod does not get on: no node, no image, no memory.</summary>
    public sealed record PodStuck(string Pod, string Why) : RecoveryEvent;

    /// <summary>The Job made its last attempt; no further one comes.</summary>
    public sealed record JobFailed(string Job, string Reason) : RecoveryEvent;

    /// <summary>The recovery Job is done; the instance follows.</summary>
    public sealed record JobCompleted(string Job) : RecoveryEvent;

    /// <summary>A line of any container of any pod. The events below are read from such lines and follow them.</summary>
    public sealed record Line(string Pod, string Container, LogRecord Record) : RecoveryEvent;

    /// <summary>The base backup that the operator took.</summary>
    public sealed record BackupChosen(string Pod, string BackupId) : RecoveryEvent;

    public sealed record BaseRestoreStarted(string Pod) : RecoveryEvent;

    public sealed record BaseRestored(string Pod) : RecoveryEvent;

    /// <summary>PostgreSQL fetched a segment.</summary>
    /// <param name="Number">How many this attempt has fetched.</param>
    /// <param name="Of">How many there are, where the watch was told.</param>
    public sealed record SegmentRestored(string Pod, WalSegmentName Segment, int Number, int? Of) : RecoveryEvent;

    /// <summary>The replay is over.</summary>
    /// <param name="Lsn">The last record that was replayed.</param>
    public sealed record RedoDone(string Pod, Lsn Lsn) : RecoveryEvent;

    /// <summary>PostgreSQL stopped at the target, in its own words: <c>recovery stopping before commit of transaction 745, time ...</c>.</summary>
    public sealed record TargetReached(string Pod, string Words) : RecoveryEvent;

    /// <summary>The new timeline; from here on nothing more is replayed.</summary>
    public sealed record TimelineSelected(string Pod, TimelineId Timeline) : RecoveryEvent;

    /// <summary>A line tells why it will not succeed. Later attempts may tell the same again.</summary>
    public sealed record FailureRecognized(string Pod, string Container, Problem Problem) : RecoveryEvent;

    /// <summary>The lines of a container cannot be had any more; everything else goes on.</summary>
    public sealed record LogLost(string Pod, string Container, Problem Problem) : RecoveryEvent;
}
