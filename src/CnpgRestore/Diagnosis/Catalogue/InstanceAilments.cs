namespace CnpgRestore.Diagnosis.Catalogue;

/// <summary>Pods and instances that do not come, do not answer, or do not follow.</summary>
static class InstanceAilments
{
    private const string Policies = "kubectl get networkpolicy -n {namespace}";

    public static Ailment SwitchoverAwaited { get; } = new(
        "switchover-awaited", Severity.Warning, Stage.Bootstrap, "Waiting for user action: User must issue a supervised switchover",
        "primaryUpdateStrategy is supervised: the standbys are updated, and the primary waits until a person says when.",
        "Promote a standby (kubectl cnpg promote CLUSTER POD), or restart the only instance (kubectl cnpg restart CLUSTER). The connections break for a moment.",
        "kubectl get pods -n {namespace} -l cnpg.io/cluster={cluster} -L cnpg.io/instanceRole");

    public static Ailment StatusUnreachable { get; } = new(
        "instance-status-unreachable", Severity.Broken, Stage.Bootstrap, "Instance Status Extraction Error: HTTP communication issue",
        "The operator reaches no instance on port 8000, and does nothing until it does, not even fail over: mostly a NetworkPolicy that keeps its namespace out. PostgreSQL itself may serve.",
        "Allow the operator's namespace to reach port 8000 of the instances.", Policies);

    public static Ailment ApiUnreachable { get; } = new(
        "api-server-unreachable", Severity.Broken, Stage.Bootstrap, "error while waiting for the API server to be reachable",
        "The pod does not reach the API server of Kubernetes, without which no Job of the operator begins: a NetworkPolicy without egress to it, or a sidecar of a service mesh (Istio) that is not up yet.",
        "Allow egress to the API server; with Istio, keep its sidecar out of the operator's Jobs.", Policies);

    public static Ailment StandbyDiverged { get; } = new(
        "standby-diverged", Severity.Warning, Stage.Recovery, "A standby cannot follow the primary any more (forked off, WAL already removed, pg_rewind: error)",
        "After a failover the standby has WAL that the primary never had, or the WAL that it needs is gone from primary and bucket. It does not come back by itself.",
        "It is made again from the primary when its volumes and its pod are deleted. What only this standby has, such as transactions that were not replicated before the failover, is lost by that: where it may "
        + "matter, keep its volume (reclaim policy Retain, or a snapshot) first. Do it only while the primary is well; otherwise doctor prints its log instead.",
        "kubectl delete -n {namespace} {claims} pod/{pod}")
    {
        Words = ["requested WAL segment ... has already been removed", "forked off current database system timeline", "pg_rewind: error"],
    };

    public static Ailment CollationMismatch { get; } = new(
        "collation-mismatch", Severity.Warning, Stage.Recovery, "database has a collation version mismatch",
        "The image has another version of the C library, or of ICU, than the one that the database was written with: another Debian. Indexes on text may be in the wrong order, so that rows are not found, and unique ones hold "
        + "doubles.",
        "Build the indexes again, then note the new version. REINDEX keeps writers out of each table meanwhile.",
        "kubectl exec -n {namespace} {pod} -c postgres -- psql -d {database} -c 'REINDEX DATABASE \"{database}\"' -c 'ALTER DATABASE \"{database}\" REFRESH COLLATION VERSION'");

    public static Ailment PodNotCreated { get; } = new(
        "pod-not-created", Severity.Broken, Stage.Bootstrap, "A Job's pod is refused (FailedCreate)",
        "Kubernetes does not let the pod come into being: a quota, the PodSecurity level of the namespace, or an admission webhook.", "Mend what the event names; the Job tries again by itself.",
        "kubectl describe job {job} -n {namespace}");

    public static Ailment VolumeNotMounted { get; } = new(
        "volume-not-mounted", Severity.Broken, Stage.Bootstrap, "A pod waits for a volume (FailedMount, FailedAttachVolume)",
        "The volume cannot be attached or mounted: it is still attached to a node that has gone, its driver is down, or a Secret or ConfigMap that the pod mounts is not there.",
        "Read the pod's events. Deleting the claim is no repair: it deletes what is on the volume.", "kubectl describe pod {pod} -n {namespace}")
    {
        Words = ["Multi-Attach error"],
    };

    public static Ailment SerialNotZero { get; } = new(
        "latest-serial-not-zero", Severity.Broken, Stage.Bootstrap, "refusing to create the primary instance while the latest generated serial is not zero",
        "The Cluster has had an instance, and its volumes are gone. The operator makes no first instance a second time.",
        "Look for the volumes first: with a reclaim policy of Retain they are there, as Released. Only where nothing of it is needed, or is in the bucket, delete the Cluster and create it again; from-backup does so.",
        "kubectl get pv");
}
