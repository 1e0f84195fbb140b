namespace CnpgRestore.Diagnosis.Catalogue;

/// <summary>A Job that loads a dump, and the folder of dumps.</summary>
static class DumpAilments
{
    // The Job is over and its log stays: who has loaded the dump otherwise takes it away, and doctor speaks of it no more.
    internal const string Load = "cnpg-restore from-dump {cluster} -n {namespace} --local {path} && kubectl delete job {job} -n {namespace}";

    public static Ailment ConnectionRefused { get; } = new(
        "connection-refused", Severity.Broken, Stage.Dumps, "Connection refused",
        "The Job does not reach PostgreSQL: the Cluster is not ready, or the Service -rw of another name or namespace is asked.",
        "from-dump needs neither name nor Service: it loads within the pod. For a Job of your own see that the Cluster is ready, and that PGHOST is CLUSTER-rw.NAMESPACE.svc.", Load)
    {
        Words = ["could not connect to server: Connection refused", "could not translate host name"],
    };

    public static Ailment PermissionDenied { get; } = new(
        "permission-denied", Severity.Broken, Stage.Dumps, "Permission denied",
        "The dump creates, owns or drops what the user of the Job may not; or the file on the share belongs to another user (an NFS export maps root to nobody).",
        "from-dump loads as the superuser within the pod, beside the live database, and reads the dump here.", Load)
    {
        Words = ["ERROR:  permission denied for ...", "must be owner of ...", "Permission denied"],
    };

    public static Ailment PasswordRefused { get; } = new(
        "superuser-password-nulled", Severity.Broken, Stage.Dumps, "password authentication failed for user \"postgres\": the superuser's password is nulled",
        "With enableSuperuserAccess: false the operator sets the password of postgres to NULL again and again; no network login as postgres works.",
        "from-dump needs no superuser password. For a Job of your own set spec.enableSuperuserAccess: true and take the Secret CLUSTER-superuser.", Load)
    {
        Words = ["password authentication failed for user \"postgres\"", "has no password assigned"],
    };

    public static Ailment RelationExists { get; } = new(
        "relation-already-exists", Severity.Broken, Stage.Dumps, "Relation already exists",
        "The dump was loaded over what was there, or a second attempt of the Job loads on top of the first. Rows are doubled or missing.",
        "from-dump loads beside the live database and swaps the names, so that nothing is in the way.", Load)
    {
        Words = ["ERROR:  relation \"...\" already exists", "duplicate key value violates unique constraint"],
    };

    public static Ailment NfsMountFailed { get; } = new(
        "nfs-mount-failed", Severity.Broken, Stage.Dumps, "NFS mount failed",
        "The node cannot mount the export: server or path are wrong, the export does not admit the node, or the node has no NFS client (mount.nfs).",
        "Mend server and path; mounted on this machine the folder can be read with --local.", "kubectl describe pod {pod} -n {namespace}")
    {
        Words = ["FailedMount", "MountVolume.SetUp failed", "mount.nfs: access denied by server while mounting", "bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program"],
    };

    public static Ailment FileNotFound { get; } = new(
        "backup-file-not-found", Severity.Broken, Stage.Dumps, "Backup file not found",
        "The path is another one: postgres-backup-local keeps its dumps in last/, daily/, weekly/ and monthly/ as NAME-STAMP.sql.gz, so that *.sql in the folder itself finds nothing; or the share is not mounted.",
        "List the folder; the latest complete dump is marked.", "cnpg-restore dumps list PATH")
    {
        Words = ["No such file or directory", "cannot access '...*.sql'"],
    };

    public static Ailment DumpEmpty { get; } = new(
        "dump-empty", Severity.Broken, Stage.Dumps, "The newest dump is empty",
        "pg_dump failed, say for its password, and an empty gzip was kept: 20 bytes under a good name.", "Take an older one; mend the backup job.", "cnpg-restore dumps list {path} --check");

    public static Ailment DumpTruncated { get; } = new(
        "dump-truncated", Severity.Broken, Stage.Dumps, "The newest dump is truncated or damaged (unexpected end of file)",
        "It was cut: still being written, the disk full, or the container ended. It loads up to the cut, and looks well until somebody counts.", "Take the latest complete one.", "cnpg-restore dumps list {path} --check")
    {
        Words = ["gzip: stdin: unexpected end of file", "unexpected EOF on client connection"],
    };

    public static Ailment DumpsUnreadable { get; } = new(
        "dumps-unreadable", Severity.Broken, Stage.Dumps, "The folder of dumps cannot be read",
        "The path does not exist here, the share is not mounted, or this user may not read it.", "Mount it, or name the right path.", "cnpg-restore dumps list {path}");

    public static Ailment RoleMissing { get; } = new(
        "role-missing", Severity.Broken, Stage.Dumps, "role \"...\" does not exist",
        "A dump of one database carries no roles; its objects are given to roles that the new server does not have.", "from-dump creates the roles that a pg_dumpall file has, and names those that are missing.", Load)
    {
        Words = ["ERROR:  role \"...\" does not exist"],
    };

    public static Ailment ExtensionMissing { get; } = new(
        "extension-missing", Severity.Broken, Stage.Dumps, "extension \"...\" is not available",
        "The image has not the extension that the dump creates.", "Use an image with the extension; after that load again.", "kubectl edit cluster {cluster} -n {namespace}")
    {
        Words = ["could not open extension control file", "extension \"...\" is not available"],
    };

    public static Ailment RestrictUnknown { get; } = new(
        "restrict-not-understood", Severity.Broken, Stage.Dumps, "invalid command \\restrict",
        "Dumps of August 2025 and later begin with \\restrict, which an older psql does not know: it goes on and every backslash command counts as an error.",
        "from-dump reads the dump itself and needs no psql. In a Job of your own use an image of August 2025 or later.", Load);

    public static Ailment LoadErrors { get; } = new(
        "load-errors", Severity.Broken, Stage.Dumps, "The load of a dump met errors and went on",
        "psql -f without ON_ERROR_STOP=1 ends with exit code 0 after any number of errors: the Job is Complete and the data is not.",
        "Load again with from-dump, which stops at the first error and counts every row.", Load)
    {
        Words = ["psql:...: ERROR:"],
    };
}
