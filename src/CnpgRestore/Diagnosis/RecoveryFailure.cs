using System.Text.RegularExpressions;

namespace CnpgRestore.Diagnosis;

/// <summary>A line that a failing recovery writes, what it means, and what helps.</summary>
/// <param name="IsFinal">Another attempt of the same Job will fail in the same way.</param>
public sealed partial record RecoveryFailure(Regex Signature, ProblemCode Code, string Cause, string Hint, bool IsFinal)
{
    /// <summary>In the order in which they are tried: the more exact ones first.</summary>
    public static IReadOnlyList<RecoveryFailure> Known { get; } =
    [
        new(
            EmptyArchive(),
            ProblemCode.Stopped,
            "Expected empty archive: the folder that the new cluster archives to holds WAL",
            "cnpg-restore from-backup CLUSTER --lineage new",
            IsFinal: true),
        new(
            NoBackup(),
            ProblemCode.NotFound,
            "Cannot find backup: the operator found no base backup for the target in the folder that serverName names",
            "cnpg-restore backups list --server SOURCE",
            IsFinal: true),
        new(
            NoFirstWal(),
            ProblemCode.WalGap,
            "the first WAL segment that the base backup needs is not in the archive",
            "cnpg-restore backups check --server SOURCE",
            IsFinal: true),
        new(
            Denied(),
            ProblemCode.AccessDenied,
            "Access denied: the bucket refuses the credentials in the Cluster's Secret",
            "compare the Secret's keys with what works here; a trailing newline in them is enough",
            IsFinal: true),
        new(
            LowParameters(),
            ProblemCode.Refused,
            "a parameter is lower than it was when the WAL was written",
            "raise it in spec.postgresql.parameters",
            IsFinal: true),
        new(
            TargetNotReached(),
            ProblemCode.NotFound,
            "the recovery target lies behind the end of the archive",
            "cnpg-restore backups list --server SOURCE",
            IsFinal: true),
        new(
            DiskFull(),
            ProblemCode.Refused,
            "the volume is full",
            "raise spec.storage.size; twice the database is safe, since a second attempt keeps the first one's files",
            IsFinal: true),
        new(
            Incompatible(),
            ProblemCode.Refused,
            "the image's PostgreSQL has another major version than the backup",
            "set spec.imageName to the major version of the backup",
            IsFinal: true),
    ];

    /// <summary>Null for a line that says nothing of a failure we know.</summary>
    public static RecoveryFailure? Find(string line) => Known.FirstOrDefault(failure => failure.Signature.IsMatch(line));

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int Limit = 1000;

    [GeneratedRegex("Expected empty archive", Options, Limit)]
    private static partial Regex EmptyArchive();

    [GeneratedRegex("no target backup found", Options, Limit)]
    private static partial Regex NoBackup();

    [GeneratedRegex("presence of first needed WAL in the archive: WAL not found", Options, Limit)]
    private static partial Regex NoFirstWal();

    [GeneratedRegex("AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|\\(403\\)", Options, Limit)]
    private static partial Regex Denied();

    [GeneratedRegex("insufficient parameter settings", Options, Limit)]
    private static partial Regex LowParameters();

    [GeneratedRegex("recovery ended before configured recovery target was reached", Options, Limit)]
    private static partial Regex TargetNotReached();

    [GeneratedRegex("No space left on device", Options, Limit)]
    private static partial Regex DiskFull();

    [GeneratedRegex("database files are incompatible with server", Options, Limit)]
    private static partial Regex Incompatible();
}
