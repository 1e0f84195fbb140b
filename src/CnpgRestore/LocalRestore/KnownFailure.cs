using CnpgRestore.Postgres;

namespace CnpgRestore.LocalRestore;

/// <summary>Ways in which PostgreSQL ends a recovery, by the words of its log, and what each means for a drill.</summary>
sealed record KnownFailure(string Words, ProblemCode Code, string Message, string? Hint)
{
    private const string OtherBackup = "look for another base backup with cnpg-restore backups list --server NAME; drill it with --backup-id";

    private const string TablespaceMissing = "a tablespace was created after this base backup, and its folder cannot be used on this machine";
    public const string NewerBackup = "take a base backup of the cluster (a Backup resource), which brings its tablespaces along, and drill that; or stop before the tablespace with --target-time";

    // The first that matches counts: the more telling ones stand first.
    private static readonly KnownFailure[] All =
    [
        new("No space left on device", ProblemCode.Stopped, "no space left on the disk during the recovery", "add --to DIR, with a DIR on a larger disk"),
        new(ReplayFailure.TargetNotReached,
            "a target time may not lie behind the last commit; without a target the drill goes to the end of the archive"),
        // Replay of CREATE TABLESPACE (create_tablespace_directories in src/backend/commands/tablespace.c).
        new("Create this directory for the tablespace before restarting the server", ProblemCode.Refused, TablespaceMissing, NewerBackup),
        new("could not set permissions on directory", ProblemCode.Refused, TablespaceMissing, NewerBackup),
        // RmgrNotFound in src/backend/access/transam/rmgr.c.
        new("resource manager with ID", ProblemCode.Refused,
            "a module with WAL of its own is missing here: it has to be in shared_preload_libraries during the replay", "install the extension's package of the same major version, then drill again"),
        new("could not access file", ProblemCode.Refused, "a module that the database needs is not installed here", "install the extension's package of the same major version, then drill again"),
        new(ReplayFailure.OtherBranch, OtherBackup),
        new("database files are incompatible with server", ProblemCode.Refused, "the installed PostgreSQL cannot open these database files", "add --pg-bindir DIR, with the programs of the backup's major version"),
        new(ReplayFailure.Inconsistent, OtherBackup),
        .. ReplayFailure.NoBeginning.Select(failure => new KnownFailure(failure, OtherBackup)),
        new("shared memory", ProblemCode.Refused, "this machine has too little shared memory for the limits of the original server", "drill on a machine with more memory"),
    ];

    private KnownFailure(ReplayFailure failure, string hint) : this(failure.Words, failure.Code, failure.Message, hint)
    {
    }

    public static Problem? Find(string evidence) =>
        Array.Find(All, failure => evidence.Contains(failure.Words, StringComparison.Ordinal)) is { } known
            ? new Problem(known.Code, known.Message, evidence, known.Hint)
            : null;
}
