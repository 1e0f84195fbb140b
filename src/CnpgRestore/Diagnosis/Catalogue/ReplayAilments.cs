namespace CnpgRestore.Diagnosis.Catalogue;

/// <summary>A base backup that is there and does not come to life: its WAL, its libraries, its tablespaces.</summary>
static class ReplayAilments
{
    private const string Check = "cnpg-restore backups check --cluster {cluster} -n {namespace} --server {folder}";
    private const string Look = "cnpg-restore backups list --cluster {cluster} -n {namespace} --server {folder}";
    private const string Edit = "kubectl edit cluster {cluster} -n {namespace}";

    public static Ailment FirstWalNotAsked { get; } = new(
        "first-wal-not-asked", Severity.Broken, Stage.Recovery, "The presence of the first needed WAL could not be checked (generic error code encountered)",
        "barman-cloud-wal-restore ended with an error that is not 'WAL not found': the WAL may well be there.",
        "The lines of barman-cloud-wal-restore before it say why; with the plugin they stand in the container plugin-barman-cloud.", "kubectl logs {pod} -n {namespace} --all-containers")
    {
        Words = ["checking the presence of first needed WAL in the archive: generic error code encountered"],
    };

    public static Ailment FirstWalUnreadable { get; } = new(
        "first-wal-unreadable", Severity.Broken, Stage.Recovery, "could not locate required checkpoint record, and the WAL is in the bucket",
        "Nothing is missing in the folder. With wal.maxParallel above 1 a segment could be read while it was still being fetched (CloudNativePG before 1.28.2, barman-cloud before 0.5.0); or the base "
        + "backup was begun right after a failover, and its first segment spans the change of the timeline.",
        "Set wal.maxParallel to 1 at the source, or upgrade operator and plugin; the next attempt reads it. If it fails in the same way, recover from another base backup (--backup-id).", Edit)
    {
        Words = ["invalid checkpoint record"],
        IsInStore = true,
    };

    public static Ailment BackupEndNotArchived { get; } = new(
        "backup-end-not-archived", Severity.Broken, Stage.Recovery, "WAL ends before end of online backup: the backup's last segment is not in the archive",
        "A base backup can be restored only with the WAL segment that it ends in. On an idle database that segment is not full and is not archived, for hours or days, and the backup is called completed "
        + "all the same; a further backup ends in the same way.",
        "While the database lives, pg_switch_wal() on its primary closes the segment, and the backup becomes usable when it has been archived. Where it is gone, recover from an older base backup.", Check);

    public static Ailment ResourceManagerMissing { get; } = new(
        "resource-manager-missing", Severity.Broken, Stage.Recovery, "resource manager with ID ... not registered",
        "An extension such as pg_search writes WAL of its own, which only its library can replay. The recovery Job starts PostgreSQL without the shared_preload_libraries of the manifest (CloudNativePG issue 10840).",
        "Recover with an operator that loads them; without one, an SQL dump brings the data back (from-dump).", "cnpg-restore dumps list PATH");

    public static Ailment LibraryMissing { get; } = new(
        "preload-library-missing", Severity.Broken, Stage.Recovery, "FATAL: could not access file \"...\": a preloaded library is not in the image",
        "shared_preload_libraries names a library that neither the image nor an entry of spec.postgresql.extensions brings: PostgreSQL does not start.",
        "Name the image, or the extensions, that the Cluster of the backup had.", Edit);

    public static Ailment TablespaceNotDeclared { get; } = new(
        "tablespace-not-declared", Severity.Broken, Stage.Recovery, "Read-only file system: '/var/lib/postgresql/tablespaces': a tablespace is not declared",
        "The base backup has a tablespace that spec.tablespaces of the manifest does not name, so that no volume is there for it.",
        "Declare each tablespace of the backup in spec.tablespaces, with its name and a size; backups show names them. Then recover again.", Edit);

    public static Ailment CutAtFork { get; } = new(
        "recovery-cut-at-fork", Severity.Broken, Stage.Recovery, "The recovery ended where the timeline forks: Refusing to restore future timeline history file",
        "wal-restore refuses history files while the new Cluster has no timeline yet (CloudNativePG issues 10442 and 10817; with the plugin since 1.27.4, 1.28.2 and 1.29.0): the replay stays on the base "
        + "backup's timeline, and what was written after the next failover is left out, without a word where no target is named. An outage just there looks the same.",
        "The same recovery ends at the same place. Use an operator with the fix of issue 10817, or a base backup of the newest timeline (from-backup --backup-id). A Cluster that serves by now is replaced by "
        + "it: dump first what was written since.", Look)
    {
        Words = ["Refusing to restore future timeline history file"],
    };
}
