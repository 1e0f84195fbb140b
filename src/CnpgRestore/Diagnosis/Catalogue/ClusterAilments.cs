namespace CnpgRestore.Diagnosis.Catalogue;

/// <summary>A Cluster that runs, and what it will be worth in the next disaster.</summary>
static class ClusterAilments
{
    private const string Edit = "kubectl edit cluster {cluster} -n {namespace}";

    /// <summary>No plugin of kubectl is needed for it; with the Barman Cloud plugin the method is another, see <see cref="Collection.Examination.Found"/>.</summary>
    internal const string Backup =
        "echo '{\"apiVersion\":\"postgresql.cnpg.io/v1\",\"kind\":\"Backup\",\"metadata\":{\"generateName\":\"{cluster}-\"},\"spec\":{\"cluster\":{\"name\":\"{cluster}\"},\"method\":\"barmanObjectStore\"}}' | kubectl create -n {namespace} -f -";

    public static Ailment RunUnfinished { get; } = new(
        "run-unfinished", Severity.Broken, Stage.Runs, "A run of cnpg-restore is not finished",
        "A run was interrupted, or stands at a step that failed. What it has suspended and stopped stays so until it is resumed or undone.",
        "Go on with it, from this or any other machine; runs undo takes it back as far as that is possible.", "cnpg-restore runs resume {run} -n {namespace}");

    public static Ailment AppsLeftStopped { get; } = new(
        "apps-left-stopped", Severity.Broken, Stage.Runs, "Applications are left at 0 replicas by a run",
        "They were stopped for a restore, and what they were stands in their annotations. Nobody is at work any more that would start them.",
        "Start them with the counts that they had.", "cnpg-restore apps start {cluster} -n {namespace}");

    public static Ailment GitOpsLeftSuspended { get; } = new(
        "gitops-left-suspended", Severity.Warning, Stage.Runs, "Flux (or Argo CD) is suspended and forgotten",
        "Whoever owns the Cluster in Git is suspended and no run is under way: changes in Git arrive no more. An Application counts only where a run has taken its auto-sync away: without auto-sync it is as Argo CD makes it, and nothing is forgotten.",
        "See that Git says what runs now (serverName, bootstrap), then resume it. Where a run has suspended it, doctor prints the patch that puts back what was there before, auto-sync with its settings, and takes the run's notes away.", "kubectl patch {kind} {name} -n {ownernamespace} --type merge -p '{\"spec\":{\"suspend\":false}}'")
    {
        Words = ["suspend: true"],
    };

    public static Ailment Hibernated { get; } = new(
        "cluster-hibernated", Severity.Warning, Stage.Bootstrap, "The Cluster is hibernated",
        "The annotation cnpg.io/hibernation is on: the pods are deleted and the volumes kept. Backups are refused.", "Wake it.", "kubectl annotate cluster {cluster} -n {namespace} cnpg.io/hibernation=off --overwrite");

    public static Ailment Fenced { get; } = new(
        "cluster-fenced", Severity.Warning, Stage.Bootstrap, "Instances are fenced",
        "PostgreSQL is stopped inside the pods by the annotation cnpg.io/fencedInstances.", "Lift it when the reason is gone.", "kubectl annotate cluster {cluster} -n {namespace} cnpg.io/fencedInstances-");

    public static Ailment OperatorDisabled { get; } = new(
        "reconciliation-disabled", Severity.Warning, Stage.Bootstrap, "The operator leaves the Cluster alone (cnpg.io/reconciliationLoop: disabled)",
        "Somebody has switched the reconciliation off; nothing that is asked for happens.", "Take the annotation away.", "kubectl annotate cluster {cluster} -n {namespace} cnpg.io/reconciliationLoop-");

    public static Ailment NotReady { get; } = new(
        "instances-not-ready", Severity.Warning, Stage.Bootstrap, "The Cluster is not in healthy state",
        "Instances are missing or not ready, and nothing says that it is final. It may be on its way.", "Watch it; the findings beside this one may say why.", "cnpg-restore doctor {cluster} -n {namespace} --watch");

    public static Ailment StatusStale { get; } = new(
        "status-stale", Severity.Broken, Stage.Bootstrap, "The status says healthy, and the pods are gone or not ready: nobody writes it any more",
        "The operator wrote 'Cluster in healthy state' and then stopped, or cannot reach the API: instances that were evicted, deleted or have failed since are neither told nor replaced.",
        "See whether the operator runs; once it does, it makes the pods again from their volumes.", "kubectl get pods -A -l app.kubernetes.io/name=cloudnative-pg")
    {
        Words = ["Evicted", "NodeLost"],
    };

    public static Ailment BeingDeleted { get; } = new(
        "cluster-being-deleted", Severity.Broken, Stage.Bootstrap, "The Cluster is being deleted",
        "Its deletion is asked for and cannot be taken back; pods, volumes and generated Secrets go with it. It is still there because a finalizer holds it: foregroundDeletion waits for its "
        + "parts, and any other belongs to a program that has to let go.",
        "If the data is wanted, see that the bucket or a dump has it; a PersistentVolume whose reclaim policy is Retain keeps its content. Take a finalizer away only where its program is gone.",
        "kubectl get pods,jobs,pvc -n {namespace} -l cnpg.io/cluster={cluster}")
    {
        Words = ["deletionTimestamp", "foregroundDeletion"],
    };

    public static Ailment UpgradeFailed { get; } = new(
        "major-upgrade-failed", Severity.Broken, Stage.Bootstrap, "\"Upgrading Postgres major version\" for ever: the upgrade Job has failed",
        "pg_upgrade has refused, the instances are shut down for it, and the Job is not tried again. The data is as it was before: pg_upgrade works beside it until it has succeeded.",
        "Read the Job's log. Then go back to the former image, in Git where Git owns the Cluster: the operator starts the old version on the old data. Before CloudNativePG 1.27.4, 1.28.2 and 1.29.0 it waits until the Job "
        + "that failed has been deleted by hand, which takes nothing from the data.",
        "kubectl patch cluster {cluster} -n {namespace} --type merge -p '{\"spec\":{\"imageName\":\"{image}\"}}' && kubectl delete job {job} -n {namespace} --ignore-not-found")
    {
        Words = ["Upgrading Postgres major version", "major-upgrade"],
    };

    public static Ailment JoinFailed { get; } = new(
        "join-failed", Severity.Warning, Stage.Bootstrap, "The Job that makes a standby has failed for good",
        "The primary serves, and a further instance could not be copied from it, or from a snapshot: no space, no network to the primary, a snapshot that cannot be used. No further attempt comes by itself.",
        "Read the Job's log and mend what it names; nothing is to be recovered.", "kubectl logs -n {namespace} job/{job}")
    {
        Words = ["Creating a new replica"],
    };

    public static Ailment NotArchiving { get; } = new(
        "not-archiving", Severity.Broken, Stage.Archiving, "Healthy, and not archiving (ContinuousArchivingFailing)",
        "The Cluster is ready and WAL does not reach the bucket: nothing since then can be recovered, no backup ends, and WAL fills the volume.",
        "Read the reason in the other findings, or in the instance's log.", "kubectl logs {pod} -n {namespace} -c postgres")
    {
        Words = ["ContinuousArchivingFailing", "failed to run wal-archive command"],
    };

    public static Ailment NoBackupSection { get; } = new(
        "no-backup-configured", Severity.Warning, Stage.Backups, "The Cluster takes no backups",
        "The manifest has neither spec.backup.barmanObjectStore nor the Barman Cloud plugin: there is no bucket to come back from.", "Add one.", Edit);

    public static Ailment NoUsableBackup { get; } = new(
        "no-usable-backup", Severity.Warning, Stage.Backups, "No usable base backup in the folder that the Cluster archives to",
        "WAL alone brings nothing back. After a recovery the new folder has no base backup until the next one is taken.", "Take one now.", Backup);

    public static Ailment BackupsFailing { get; } = new(
        "backups-failing", Severity.Warning, Stage.Backups, "Backups fail: the newest Backup has failed, or does not end",
        "Base backups are asked for and not made. While WAL is archived everything can be recovered from the last good one, but that grows older with every night, and each recovery longer; "
        + "retention and a lost segment do the rest.",
        "Mend what the Backup's error names, then take one.", "kubectl describe backups.postgresql.cnpg.io {backup} -n {namespace}")
    {
        Words = ["LastBackupFailed", "walArchivingFailing"],
    };

    public static Ailment FolderOdd { get; } = new(
        "folder-damaged", Severity.Warning, Stage.Backups, "Something is wrong in the folder that the Cluster archives to",
        "Base backups that are incomplete, WAL of two databases, damaged history files, or doubled objects.", "See all of it.", "cnpg-restore backups list --cluster {cluster} -n {namespace} --server {folder}");

    public static Ailment ScheduledOnFresh { get; } = new(
        "scheduled-backup-on-fresh-cluster", Severity.Warning, Stage.Backups, "A ScheduledBackup fires against a Cluster that was created anew",
        "A ScheduledBackup survives its Cluster and goes on with the next one of that name at once, also while that is empty or being recovered. Its Backups fail, or are of an empty database.",
        "Suspend it until the recovery is proven.", "kubectl patch scheduledbackup {name} -n {namespace} --type merge -p '{\"spec\":{\"suspend\":true}}'");

    public static Ailment SourceOutdated { get; } = new(
        "recovery-source-outdated", Severity.Warning, Stage.Leftovers, "The manifest would recover from an old folder",
        "bootstrap.recovery still names the folder of the last recovery. It is ignored while the Cluster lives; created again from that manifest, it comes back with the data of then.",
        "Never create it again from that manifest alone: from-backup takes the newer folder and writes both names. Its plan, for that day:", "cnpg-restore from-backup {cluster} -n {namespace} -f cluster.yaml --dry-run");

    public static Ailment OldFolder { get; } = new(
        "old-folder-unpruned", Severity.Note, Stage.Leftovers, "A folder of a former cluster that nobody prunes",
        "Retention only works on the folder that a Cluster archives to now; renamed and former ones stay, and are paid for, for ever.",
        "Keep it while the present folder does not reach back far enough. prune shows its plan, and refuses while the folder is named or written to, or is not replaced.", "cnpg-restore prune {folder} --cluster {cluster} -n {namespace} --dry-run");

    public static Ailment ExtraApp { get; } = new(
        "extra-app-database", Severity.Warning, Stage.Leftovers, "An extra, empty database \"app\"",
        "bootstrap.recovery without database and owner creates a database and a role app, and the Secret of the applications points at it instead of the one that was restored.",
        "Name database and owner in bootstrap.recovery before the next recovery; point the applications at the restored database, then drop app.",
        "kubectl exec -n {namespace} {pod} -c postgres -- psql -c '\\l'");

    public static Ailment InTree { get; } = new(
        "in-tree-before-1-31", Severity.Note, Stage.Leftovers, "In-tree barmanObjectStore leaves CloudNativePG in 1.31",
        "spec.backup.barmanObjectStore and its like in externalClusters are removed there; after that upgrade neither backup nor recovery works.",
        "Move to the Barman Cloud plugin with the same serverName; the folder stays as it is.", Edit)
    {
        Words = ["Native support for Barman Cloud backups and recovery is deprecated"],
    };

    public static Ailment ChecksumVariables { get; } = new(
        "checksum-variables-missing", Severity.Note, Stage.Leftovers, "Checksum variables are missing for a store that is not AWS",
        "boto3 1.36 and later sends checksums that many S3-likes refuse. It works until the image brings a newer Barman.",
        "Set AWS_REQUEST_CHECKSUM_CALCULATION and AWS_RESPONSE_CHECKSUM_VALIDATION to when_required in spec.env; with the plugin, in instanceSidecarConfiguration.env of the ObjectStore.", Edit)
    {
        IsInStore = true,
        Words = ["AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"],
    };
}
