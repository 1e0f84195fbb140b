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
    private const string Fatal = "FATAL";
    private const string FirstWal = "checking the presence of first needed WAL";
    private const string Role = "check the trust policy of the role: it names the service account, which is called like the Cluster, and the namespace";
    private const string Region = "name the region in s3Credentials.region, a key of the Secret";
    private const string Credentials = "check the Secret that s3Credentials names, also for a trailing newline, and the rights of its key";
    private const string Checksums = "set AWS_REQUEST_CHECKSUM_CALCULATION and AWS_RESPONSE_CHECKSUM_VALIDATION to when_required in spec.env, with the plugin in the ObjectStore";

    /// <summary>The first that matches counts: the more telling ones stand first.</summary>
    public static IReadOnlyList<RecoveryFailure> All { get; } =
    [
        new("expected-empty-archive", "Expected empty archive", ProblemCode.Refused, "Expected empty archive: the new cluster would archive into a folder that holds WAL already", OtherArchive),
        new("cannot-find-backup", "no target backup found", ProblemCode.NotFound, "Cannot find backup: the folder that the recovery reads has no base backup for the target", "list what there is with cnpg-restore backups list --server NAME"),
        new("cannot-find-backup", "no backup found with ID", ProblemCode.NotFound, "Cannot find backup: the folder has no base backup of that id", "list what there is with cnpg-restore backups list --server NAME"),
        new("first-wal-missing", FirstWal, ProblemCode.WalGap, "WAL not found: the WAL that the base backup begins with cannot be fetched", Look) { And = "WAL not found" },
        // Connectivity, credentials and whatever else ends barman-cloud-wal-restore ([barman-cloud] pkg/restorer/restorer.go).
        new("first-wal-not-asked", FirstWal, ProblemCode.Stopped, "whether the WAL that the base backup begins with is there could not be asked", "the lines before it say why; with the plugin, those of container plugin-barman-cloud"),
        new("recovery-target-not-reached", ReplayFailure.TargetNotReached,
            "a target time may not lie behind the last commit; without a target the recovery goes to the end of the archive"),
        new("major-version-mismatch", "database files are incompatible with server", ProblemCode.Refused, "the image has another PostgreSQL major version than the backup", "name an image of the backup's major version; see it with cnpg-restore backups list --server NAME"),
        new("mixed-histories", "does not contain minimum recovery point", ProblemCode.Refused, "the archive holds the history of another branch of this database", Look),
        new("mixed-histories", "is not a child of database system timeline", ProblemCode.Refused, "the archive holds the history of another branch of this database", Look),
        new("recovery-target-not-reached", ReplayFailure.OtherBranch, Look),
        new("backup-end-not-archived", ReplayFailure.Inconsistent, Look),
        new("backup-end-not-archived", "WAL ends before consistent recovery point", ProblemCode.WalGap, "WAL ends before the base backup is consistent", Look),
        .. ReplayFailure.NoBeginning.Select(failure => new RecoveryFailure("first-wal-missing", failure, Look)),
        new("parameters-too-low", "insufficient parameter settings", ProblemCode.Refused, "a parameter of the Cluster is lower than it was in the backup", "raise it in spec.postgresql.parameters to at least the backup's value"),
        // https://github.com/cloudnative-pg/cloudnative-pg/issues/10840
        new("resource-manager-missing", "resource manager with ID", ProblemCode.Refused, "the WAL needs a library that the recovery does not load", "recover with an operator that keeps shared_preload_libraries, or from a dump") { And = "not registered" },
        // SQL says the same of any function whose library is gone.
        new("preload-library-missing", "could not access file \"", ProblemCode.Refused, "the image has not a library that PostgreSQL is to load", "name an image, or spec.postgresql.extensions, with that library") { IsFatal = true },
        new("tablespace-not-declared", "Read-only file system: '/var/lib/postgresql/tablespaces", ProblemCode.Refused, "the base backup has a tablespace that the manifest does not declare", "declare it in spec.tablespaces"),
        new("volume-full", "Detected low-disk space condition", ProblemCode.Stopped, "the volume is full: PostgreSQL is not started", null) { IsPassing = true },
        new("api-server-unreachable", "error while waiting for the API server to be reachable", ProblemCode.Unreachable, "the pod does not reach the API server of Kubernetes", null) { IsPassing = true },
        new("volume-full", "No space left on device", ProblemCode.Stopped, "the volume is full; each failed attempt leaves its data directory behind", "create the Cluster again with a larger spec.storage.size"),
        new("credentials-not-named", "no credentials defined", ProblemCode.AccessDenied, "Access denied: the object store names no credentials", "name them in s3Credentials of the source, not only of the backup section"),
        // Its former words, for the same ([barman-cloud] before 0.5.0).
        new("credentials-not-named", "missing Azure credentials", ProblemCode.AccessDenied, "Access denied: the object store names no credentials", "name them in s3Credentials of the source, not only of the backup section"),
        new("role-not-assumed", "AssumeRoleWithWebIdentity", ProblemCode.AccessDenied, "Access denied: the pods may not take their IAM role", Role),
        new("role-not-assumed", "Unable to locate credentials", ProblemCode.AccessDenied, "Access denied: the pods have neither a key nor an IAM role", Role),
        new("access-key-unknown", "InvalidAccessKeyId", ProblemCode.AccessDenied, "Access denied: the object store does not know the key", Credentials),
        // Google Cloud Storage, whose signature of an upload does not cover the checksums (https://github.com/EnterpriseDB/barman/issues/1112).
        new("checksums-not-understood", "(SignatureDoesNotMatch) when calling the PutObject operation: Invalid argument", ProblemCode.Refused, "the object store does not understand the checksums of newer boto3", Checksums),
        new("secret-key-wrong", "SignatureDoesNotMatch", ProblemCode.AccessDenied, "Access denied: the secret does not fit the key", Credentials),
        // Barman creates a bucket only where HeadBucket has said that there is none ([barman] barman/cloud.py, setup_bucket).
        new("bucket-missing", "when calling the CreateBucket operation", ProblemCode.NotFound, "the bucket does not exist, and barman may not or cannot create it", "check destinationPath and endpointURL; another account may own it"),
        new("region-wrong", "(AuthorizationHeaderMalformed)", ProblemCode.Refused, "the object store expects another region", Region),
        // https://github.com/cloudnative-pg/cloudnative-pg/issues/202: an answer to HEAD has no words.
        new("region-wrong", "An error occurred (400) when calling the HeadBucket operation", ProblemCode.Refused, "the object store refuses how the request is signed, as for another region", Region),
        new("object-in-archive-class", "(InvalidObjectState)", ProblemCode.Refused, "an object lies in an archive storage class and cannot be read at once", "restore it first (aws s3api restore-object)"),
        new("permission-missing", "(AccessDenied)", ProblemCode.AccessDenied, "Access denied: the object store refuses the key", Credentials),
        new("permission-missing", "An error occurred (403)", ProblemCode.AccessDenied, "Access denied: the object store refuses the key", Credentials),
        new("bucket-missing", "(NoSuchBucket)", ProblemCode.NotFound, "the bucket does not exist", "check destinationPath and endpointURL; another account may own it"),
        new("endpoint-certificate", "CERTIFICATE_VERIFY_FAILED", ProblemCode.Unreachable, "the certificate of the object store is not trusted", "name the Secret with its authority in endpointCA"),
        new("endpoint-unreachable", "Could not connect to the endpoint URL", ProblemCode.Unreachable, "the object store cannot be reached from the pod", "check endpointURL, DNS and network policies"),
        new("endpoint-unreachable", "Connect timeout on endpoint URL", ProblemCode.Unreachable, "the object store does not answer the pod", "check network policies: one that drops packets looks like this") { IsPassing = true },
        new("endpoint-unreachable", "Read timeout on endpoint URL", ProblemCode.Unreachable, "the object store does not answer the pod", "check the object store and the network") { IsPassing = true },
        new("endpoint-unreachable", "Connection was closed before we received a valid response", ProblemCode.Unreachable, "the object store breaks connections off", "check the object store and the network") { IsPassing = true },
        // Wasabi, Backblaze, and Ceph, Oracle and others.
        new("checksums-not-understood", "Checksum Type mismatch occurred", ProblemCode.Refused, "the object store does not understand the checksums of newer boto3", Checksums),
        new("checksums-not-understood", "Unsupported header 'x-amz-sdk-checksum-algorithm'", ProblemCode.Refused, "the object store does not understand the checksums of newer boto3", Checksums),
        new("checksums-not-understood", "x-amz-content-sha256 must be", ProblemCode.Refused, "the object store does not understand the checksums of newer boto3", Checksums),
        new("checksums-not-understood", "XAmzContentSHA256Mismatch", ProblemCode.Refused, "the object store does not understand the checksums of newer boto3", Checksums),
        new("checksums-not-understood", "MissingContentLength", ProblemCode.Refused, "the object store does not understand the checksums of newer boto3", Checksums),
        new("barman-missing-in-image", "executable file not found in $PATH", ProblemCode.Refused, "the image has no barman-cloud programs", "use an image with the tag -system-, or the Barman Cloud plugin"),
        new("external-cluster-missing", "missing external cluster", ProblemCode.Refused, "bootstrap.recovery.source names no entry of externalClusters", "write the entry with cnpg-restore manifest recovery -f cluster.yaml --source NAME"),
        new("owner-secret-mismatch", "wrong username '", ProblemCode.Refused, "the Secret of the application's role has another user name than the owner", "name the owner in bootstrap.recovery as the Secret does"),
    ];

    /// <summary>Stands behind <see cref="Words"/> in the line, too; null where those say enough.</summary>
    public string? And { get; init; }

    /// <summary>Says something only at PostgreSQL's level FATAL.</summary>
    public bool IsFatal { get; init; }

    /// <summary>The next attempt may succeed, or it is not of the recovery: <c>doctor</c> tells it, and who waits for a recovery goes on waiting.</summary>
    public bool IsPassing { get; init; }

    private RecoveryFailure(string ailment, ReplayFailure failure, string? hint) : this(ailment, failure.Words, failure.Code, failure.Message, hint)
    {
    }

    /// <summary>The failure that a log line tells of; null for a line that tells of none.</summary>
    public static RecoveryFailure? Find(LogRecord line) => Find(line.Text, line.Severity == Fatal);

    public static RecoveryFailure? Find(string text) => Find(text, isFatal: false);

    private static RecoveryFailure? Find(string text, bool isFatal) => All.FirstOrDefault(failure => failure.IsIn(text) && (!failure.IsFatal || isFatal || text.Contains(Fatal, StringComparison.Ordinal)));

    private bool IsIn(string text) =>
        text.IndexOf(Words, StringComparison.Ordinal) is >= 0 and var at && (And is null || text.IndexOf(And, at, StringComparison.Ordinal) >= 0);

    /// <summary>As a problem, with the line as evidence.</summary>
    public Problem ToProblem(LogRecord line) => new(Code, Message, line.Text, Hint);
}
