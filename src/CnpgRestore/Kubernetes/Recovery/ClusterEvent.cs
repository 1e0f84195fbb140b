using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Recovery;

/// <summary>What the operator or Kubernetes says about an object, kept for an hour (Kubernetes, core/v1 Event).</summary>
/// <param name="IsWarning">Type <c>Warning</c> instead of <c>Normal</c>.</param>
/// <param name="Reason">A word for programs: <c>CreatingInstance</c>, <c>FailedScheduling</c>.</param>
/// <param name="About">The object that it is about: <c>Cluster orders</c>, <c>Pod orders-1-full-recovery-x2k9p</c>.</param>
/// <param name="AboutUid">That object's uid; empty where the event does not say it.</param>
/// <param name="LastSeen">An event that repeats is counted, not written again.</param>
public sealed record ClusterEvent(bool IsWarning, string Reason, string Message, string About, string AboutUid, DateTimeOffset? LastSeen, int Count)
{
    public static ClusterEvent Read(JsonObject item) => new(
        item.Text("type") == "Warning",
        item.Text("reason") ?? "",
        item.Text("message") ?? "",
        $"{item.Text("involvedObject", "kind")} {item.Text("involvedObject", "name")}",
        item.Text("involvedObject", "uid") ?? "",
        item.Time("lastTimestamp") ?? item.Time("eventTime") ?? item.Time("metadata", "creationTimestamp"),
        item.Number("count") ?? 1);

    /// <summary>How the operator makes the first instance, which is the one reliable word on whether it recovers; null where the event says something else.</summary>
    public BootstrapOrigin? Origin => Reason != "CreatingInstance" ? null : Message switch
    {
        _ when Message.Contains("(initdb)", StringComparison.Ordinal) => BootstrapOrigin.Initdb,
        _ when Message.Contains("(from backup)", StringComparison.Ordinal) => BootstrapOrigin.Backup,
        _ when Message.Contains("(from physical backup)", StringComparison.Ordinal) => BootstrapOrigin.PhysicalBackup,
        _ when Message.Contains("(from volumeSnapshots)", StringComparison.Ordinal) => BootstrapOrigin.VolumeSnapshots,
        _ => null,
    };
}
