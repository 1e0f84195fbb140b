using CnpgRestore.Postgres;

namespace CnpgRestore.Kubernetes.Recovery;

/// <summary>
/// Words in the log of a recovering Cluster that say why it will not succeed, whichever container writes them. The phase says nothing of it, or says
/// it ten minutes later.
/// </summary>
/// <param name="Ailment">Its entry in the catalogue of <c>doctor</c>.</param>
public sealed record RecoveryFailure(string Ailment, string Words, ProblemCode Code, string Message, string? Hint)
{
    private const string OtherArchive = "recover under another archive name, or move the folder away first with cnpg-restore rename SOURCE TARGET -r";
    private const string Look = "look at the folder with cnpg-restore backups check --server NAME";
    private const string Credentials = "check the Secret that s3Credentials names, also for a trailing newline, and the rights of its key";
    private const string Checksums = "set AWS_REQUEST_CHECKSUM_CALCULATION and AWS_RESPONSE_CHECKSUM_VALIDATION to when_required in spec.env, with the plugin in the ObjectStore";

    /// <summary>The first that matches counts: the more telling ones stand first.</summary>
    public static IReadOnlyList<RecoveryFailure> All { get; } =
    [
        new("expected-empty-archive", "Expected empty archive", ProblemCode.Refused, "Expected empty archive: the new cluster would archive into a folder that holds WAL already", OtherArchive),
        new("cannot-find-backup", "no target backup found", ProblemCode.NotFound, "Cannot find backup: the folder that the recovery reads has no base backup for the target", "list what there is with cnpg-restore backups list --server NAME"),
        new("cannot-find-backup", "no backup found with ID", ProblemCode.NotFound, "Cannot find backup: the folder has no base backup of that id", "list what there is with cnpg-restore backups list --server NAME"),
        new("first-wal-missing", "checking the presence of first needed WAL", ProblemCode.WalGap, "WAL not found: the WAL that the base backup begins with cannot be fetched", Look),
        new("recovery-target-not-reached", ReplayFailure.TargetNotReached,
            "a target time may not lie behind the last commit; without a target the recovery goes to the end of the archive"),
        new("major-version-mismatch", "database files are incompatible with server", ProblemCode.Refused, "the image has another PostgreSQL major version than the backup", "name an image of the backup's major version; see it with cnpg-restore backups list --server NAME"),
        new("mixed-histories", "does not contain minimum recovery point", ProblemCode.Refused, "the archive holds the history of another branch of this database", Look),
        new("mixed-histories", "is not a child of database system timeline", ProblemCode.Refused, "the archive holds the history of another branch of this database", Look),
        new("recovery-target-not-reached", ReplayFailure.OtherBranch, Look),
        new("first-wal-missing", ReplayFailure.Inconsistent, Look),
        .. ReplayFailure.NoBeginning.Select(failure => new RecoveryFailure("first-wal-missing", failure, Look)),
        new("parameters-too-low", "insufficient parameter settings", ProblemCode.Refused, "a parameter of the Cluster is lower than it was in the backup", "raise it in spec.postgresql.parameters to at least the backup's value"),
        new("volume-full", "No space left on device", ProblemCode.Stopped, "the volume is full; each failed attempt leaves its data directory behind", "create the Cluster again with a larger spec.storage.size"),
        new("credentials-not-named", "no credentials defined", ProblemCode.AccessDenied, "Access denied: the object store names no credentials", "name them in s3Credentials of the source, not only of the backup section"),
        new("access-key-unknown", "InvalidAccessKeyId", ProblemCode.AccessDenied, "Access denied: the object store does not know the key", Credentials),
        new("secret-key-wrong", "SignatureDoesNotMatch", ProblemCode.AccessDenied, "Access denied: the secret does not fit the key", Credentials),
        new("permission-missing", "(AccessDenied)", ProblemCode.AccessDenied, "Access denied: the object store refuses the key", Credentials),
        new("permission-missing", "An error occurred (403)", ProblemCode.AccessDenied, "Access denied: the object store refuses the key", Credentials),
        new("bucket-missing", "(NoSuchBucket)", ProblemCode.NotFound, "the bucket does not exist", "check destinationPath and endpointURL; another account may own it"),
        new("endpoint-certificate", "CERTIFICATE_VERIFY_FAILED", ProblemCode.Unreachable, "the certificate of the object store is not trusted", "name the Secret with its authority in endpointCA"),
        new("endpoint-unreachable", "Could not connect to the endpoint URL", ProblemCode.Unreachable, "the object store cannot be reached from the pod", "check endpointURL, DNS and network policies"),
        new("checksums-not-understood", "XAmzContentSHA256Mismatch", ProblemCode.Refused, "the object store does not understand the checksums of newer boto3", Checksums),
        new("checksums-not-understood", "MissingContentLength", ProblemCode.Refused, "the object store does not understand the checksums of newer boto3", Checksums),
        new("barman-missing-in-image", "executable file not found in $PATH", ProblemCode.Refused, "the image has no barman-cloud programs", "use an image with the tag -system-, or the Barman Cloud plugin"),
        new("external-cluster-missing", "missing external cluster", ProblemCode.Refused, "bootstrap.recovery.source names no entry of externalClusters", "write the entry with cnpg-restore manifest recovery -f cluster.yaml --source NAME"),
        new("owner-secret-mismatch", "wrong username '", ProblemCode.Refused, "the Secret of the application's role has another user name than the owner", "name the owner in bootstrap.recovery as the Secret does"),
    ];

    private RecoveryFailure(string ailment, ReplayFailure failure, string? hint) : this(ailment, failure.Words, failure.Code, failure.Message, hint)
    {
    }

    /// <summary>The failure that a log line tells of; null for a line that tells of none.</summary>
    public static RecoveryFailure? Find(LogRecord line) => Find(line.Text);

    public static RecoveryFailure? Find(string text) => All.FirstOrDefault(failure => text.Contains(failure.Words, StringComparison.Ordinal));

    /// <summary>As a problem, with the line as evidence.</summary>
    public Problem ToProblem(LogRecord line) => new(Code, Message, line.Text, Hint);
}
