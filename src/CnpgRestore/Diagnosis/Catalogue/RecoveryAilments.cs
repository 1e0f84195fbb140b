namespace CnpgRestore.Diagnosis.Catalogue;

/// <summary>The first instance and what it is made from.</summary>
static class RecoveryAilments
{
    private const string Again = "cnpg-restore from-backup {cluster} -n {namespace}";
    private const string Anew = "cnpg-restore from-backup {cluster} -n {namespace} --lineage new";
    private const string Check = "cnpg-restore backups check --cluster {cluster} -n {namespace} --server {folder}";
    private const string Edit = "kubectl edit cluster {cluster} -n {namespace}";

    public static Ailment ClusterMissing { get; } = new(
        "cluster-missing", Severity.Broken, Stage.Bootstrap, "The Cluster does not exist",
        "There is no Cluster of this name in the namespace: it was deleted, or the namespace or the context is another.",
        "With its manifest it can be recovered from its bucket; the plan is shown first.", "cnpg-restore from-backup {cluster} -n {namespace} -f cluster.yaml");

    public static Ailment OrphanVolumes { get; } = new(
        "orphan-volumes", Severity.Broken, Stage.Bootstrap, "Volumes of a former cluster would be adopted, and no recovery happens",
        "PersistentVolumeClaims with the Cluster's label and without an owner (kubectl delete --cascade=orphan, kubectl cnpg destroy --keep-pvc, Velero): a new Cluster of that name "
        + "takes them over and skips bootstrap.recovery without a word.",
        "Deleting them deletes what is on them, which may be newer than any backup: where it may matter, set the reclaim policy of their PersistentVolumes to Retain first, or take snapshots. "
        + "If nothing on them is needed, delete them before the Cluster is created.", "kubectl delete pvc -n {namespace} {claims}")
    {
        Words = ["orphan PVCs"],
    };

    public static Ailment VolumesAdopted { get; } = new(
        "orphan-volumes-adopted", Severity.Broken, Stage.Bootstrap, "Orphan PVCs were adopted: nothing was recovered",
        "The manifest says bootstrap.recovery, and the operator never made a first instance from a backup: the volumes are older than the Cluster. What is on them is what is served.",
        "If that is not the data that you want, recover again. The volumes are removed with the Cluster, and with them what is on them: dump first what of it matters.", Again)
    {
        Words = ["orphan PVCs"],
    };

    public static Ailment InitdbInstead { get; } = new(
        "initdb-instead-of-recovery", Severity.Broken, Stage.Bootstrap, "initdb instead of recovery: the database is new and empty",
        "The operator made the first instance with initdb although the manifest says recovery: GitOps created the Cluster again with what was in Git before the change was there, "
        + "or an apply left both methods. Editing bootstrap on a living Cluster changes nothing.",
        "Recover again: the owner in Git is suspended first, the Cluster deleted, and a new one created. What was written into it since it was made is lost by that: dump first what of it matters.", Again)
    {
        Words = ["Primary instance (initdb)"],
    };

    public static Ailment SettingUpForEver { get; } = new(
        "setting-up-primary-for-ever", Severity.Broken, Stage.Bootstrap, "\"Setting up primary\" for ever: the recovery Job has failed",
        "The Job has used up its attempts and no further one comes. Before CloudNativePG 1.29.2 the phase says nothing of it.",
        "Mend what the other findings name; then the Cluster has to be created again, which from-backup does.", Again)
    {
        Words = ["Setting up primary", "BackoffLimitExceeded"],
    };

    public static Ailment Unrecoverable { get; } = new(
        "cluster-unrecoverable", Severity.Broken, Stage.Bootstrap, "Cluster is unrecoverable and needs manual intervention",
        "The operator has given up before there was a first instance: the bootstrap Job has failed for good. Nothing of it is worth keeping: there is no primary, no instance and no finished volume.",
        "Mend what the other findings name; then the Cluster has to be created again, which from-backup does.", Again)
    {
        Words = ["Instance creation failed for the following jobs"],
    };

    public static Ailment UnrecoverableWithData { get; } = new(
        "unrecoverable-with-data", Severity.Broken, Stage.Bootstrap, "Cluster is unrecoverable and needs manual intervention, while its data is there",
        "The operator sets this phase also where nothing is lost: a Job that was to make a standby has failed for good (CloudNativePG 1.29.2 and later), or no pod is active while the "
        + "volumes are whole. A recovery would delete the Cluster that has the data, and may still serve it.",
        "Delete neither Cluster nor volumes. Read why the Job failed or no pod runs, and mend that. Only where no volume is left is from-backup the way back.", "kubectl describe cluster {cluster} -n {namespace}")
    {
        Words = ["No pods are active, the cluster needs manual intervention"],
    };

    public static Ailment PhaseStuck { get; } = new(
        "phase-stuck", Severity.Broken, Stage.Bootstrap, "The operator waits for a person",
        "The phase is one that does not pass by itself: an unknown plugin, an error of a plugin, an image catalogue, an invalid definition.",
        "Read phase and reason; mend the manifest or install what is missing.", "kubectl describe cluster {cluster} -n {namespace}")
    {
        Words = ["Cluster cannot proceed to reconciliation due to an unknown plugin being required", "Invalid cluster definition"],
    };

    public static Ailment PluginErrorHidden { get; } = new(
        "plugin-error-hidden", Severity.Broken, Stage.Bootstrap, "unexpected failure invoking barman-cloud-wal-archive: exit status 1 (and nothing else)",
        "With the plugin, the container full-recovery names the wrong program and no reason. The reason stands in the init container plugin-barman-cloud of the same pod.",
        "Read that container.", "kubectl logs {pod} -n {namespace} -c plugin-barman-cloud")
    {
        Words = ["rpc error: code = Unknown desc = unexpected failure invoking barman-cloud-wal-archive: exit status 1"],
    };

    public static Ailment PodStuck { get; } = new(
        "pod-stuck", Severity.Broken, Stage.Bootstrap, "A pod does not get on (ImagePullBackOff, Pending, OOMKilled, CrashLoopBackOff)",
        "Kubernetes cannot start a container of the Cluster, or ends it.", "Read the pod's events.", "kubectl describe pod {pod} -n {namespace}");

    public static Ailment FirstWalMissing { get; } = new(
        "first-wal-missing", Severity.Broken, Stage.Recovery, "WAL not found: the WAL that the base backup begins with is missing",
        "The folder was moved without its wals/, a retention or lifecycle rule removed WAL, archiving was broken while base backups succeeded, or serverName names another folder.",
        "Another base backup may be whole; the check names the gaps.", Check)
    {
        Words = ["encountered an error while checking the presence of first needed WAL in the archive: ...: WAL not found"],
    };

    public static Ailment WalMissing { get; } = new(
        "wal-missing", Severity.Warning, Stage.Recovery, "A WAL segment is missing: a recovery ends there, without saying so",
        "Between the base backup and the end of the archive a segment is not in the bucket. PostgreSQL takes it for the end, opens, and what came later is lost.",
        "Take a new base backup now, which needs nothing of what lies before it; recover from behind the gap.", ClusterAilments.Backup);

    public static Ailment TargetNotReached { get; } = new(
        "recovery-target-not-reached", Severity.Broken, Stage.Recovery, "recovery ended before configured recovery target was reached",
        "The target lies behind the last commit in the archive, on another timeline, or WAL in front of it cannot be fetched.",
        "See how far the archive reaches, then recover to a moment that it has, or without a target to its end.", Check);

    public static Ailment EarlyPromotion { get; } = new(
        "early-promotion", Severity.Broken, Stage.Recovery, "Early promotion: the recovery ended before the archive's last WAL",
        "A WAL segment could not be fetched for a moment (outage, throttling, 403). PostgreSQL takes every failure of restore_command for the end of the archive, opens, and the cluster looks healthy.",
        "Recover again from the same source; what was written since is lost by it, so dump that first if it matters.", Anew)
    {
        Words = ["redo done", "selected new timeline ID"],
    };

    public static Ailment MajorVersion { get; } = new(
        "major-version-mismatch", Severity.Broken, Stage.Recovery, "database files are incompatible with server: another PostgreSQL major version",
        "A physical backup runs on its own major version only, and CloudNativePG does not compare it with the image.",
        "Name an image of the backup's major version; upgrade after the recovery.", Edit);

    public static Ailment ParametersTooLow { get; } = new(
        "parameters-too-low", Severity.Broken, Stage.Recovery, "recovery aborted because of insufficient parameter settings",
        "max_connections, max_worker_processes, max_wal_senders, max_prepared_transactions and max_locks_per_transaction may not be lower than where the WAL was written.",
        "Raise it in spec.postgresql.parameters to at least the value of the backup, then recover again: a replay that waits does not read it.", $"{Edit} && {Again}");

    public static Ailment MixedHistories { get; } = new(
        "mixed-histories", Severity.Broken, Stage.Recovery, "requested timeline does not contain minimum recovery point: two histories in one folder",
        "Two clusters, or a recovery into its own source, have archived into one folder: timelines of the same number with other content, or history files of a future that never was.",
        "Recover from a base backup of the branch that you want; the check tells which can be reached.", Check);

    public static Ailment FailedBackupChosen { get; } = new(
        "failed-backup-chosen", Severity.Warning, Stage.Recovery, "A FAILED base backup is the one that CloudNativePG would restore",
        "It looks at begin_time and end_time only; a backup whose upload broke at the end has both and is not whole.",
        "from-backup pins the usable one; in a manifest of your own write recoveryTarget.backupID. Better: take a new base backup.", ClusterAilments.Backup);

    public static Ailment VolumeFull { get; } = new(
        "volume-full", Severity.Broken, Stage.Recovery, "No space left on device",
        "The volume is full, and PostgreSQL is not started on it. A failed recovery renames its data directory and leaves it, and WAL that cannot be archived stays.",
        "Enlarge the claim first, that of every instance that says so: as long as one is full, the operator does not act on a size in the Cluster (phase \"Not enough disk space\"). Then write the same size into spec.storage.size, or "
        + "spec.walStorage.size, and mend what keeps WAL from being archived. Never delete WAL by hand.",
        "kubectl patch pvc {claim} -n {namespace} --type merge -p '{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"SIZE\"}}}}'")
    {
        Words = ["Not enough disk space"],
    };

    public static Ailment ChecksumsNotUnderstood { get; } = new(
        "checksums-not-understood", Severity.Broken, Stage.Access, "XAmzContentSHA256Mismatch, MissingContentLength: the checksums of newer boto3",
        "boto3 1.36 and later sends checksums as trailers through https, which many S3-likes do not understand.",
        "Set AWS_REQUEST_CHECKSUM_CALCULATION and AWS_RESPONSE_CHECKSUM_VALIDATION to when_required in spec.env; with the plugin, in instanceSidecarConfiguration.env of the ObjectStore.", Edit)
    {
        Words = ["(SignatureDoesNotMatch) when calling the PutObject operation: Invalid argument"],
        IsInStore = true,
    };

    public static Ailment BarmanMissing { get; } = new(
        "barman-missing-in-image", Severity.Broken, Stage.Bootstrap, "barman-cloud-...: executable file not found in $PATH",
        "The image has no Barman programs: only tags with -system- carry them.", "Use such an image, or the Barman Cloud plugin.", Edit);

    public static Ailment ExternalClusterMissing { get; } = new(
        "external-cluster-missing", Severity.Broken, Stage.Bootstrap, "missing external cluster: bootstrap.recovery.source names nothing",
        "The name in bootstrap.recovery.source has no entry in externalClusters.", "Write the entry.", "cnpg-restore manifest recovery -f cluster.yaml --source {folder} --in-place")
    {
        Words = ["missing external cluster", "External cluster ... not found"],
    };

    public static Ailment OwnerSecretMismatch { get; } = new(
        "owner-secret-mismatch", Severity.Broken, Stage.Bootstrap, "wrong username in secret",
        "The Secret of the application's role has another user name than bootstrap.recovery.owner.", "Make both the same: the owner as it was in the backup.", Edit)
    {
        Words = ["wrong username '...' in secret, expected '...'"],
    };
}
