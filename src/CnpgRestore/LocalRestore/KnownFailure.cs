namespace CnpgRestore.LocalRestore;

/// <summary>Ways in which PostgreSQL ends a recovery, by the words of its log, and what each means for a drill.</summary>
sealed record KnownFailure(string Words, ProblemCode Code, string Message, string? Hint)
{
    private const string OtherBackup = "look for another base backup with cnpg-restore backups list --server NAME; drill it with --backup-id";

    // The first that matches counts: the more telling ones stand first.
    private static readonly KnownFailure[] All =
    [
        new("No space left on device", ProblemCode.Stopped, "no space left on the disk during the recovery", "add --to DIR, with a DIR on a larger disk"),
        new("recovery ended before configured recovery target was reached", ProblemCode.NotFound, "the recovery target does not occur in the archived WAL",
            "a target time may not lie behind the last commit; without a target the drill goes to the end of the archive"),
        new("could not access file", ProblemCode.Refused, "a module that the database needs is not installed here", "install the extension's package of the same major version, then drill again"),
        new("is not a child of this server's history", ProblemCode.NotFound, "the target's timeline does not descend from this base backup", OtherBackup),
        new("database files are incompatible with server", ProblemCode.Refused, "the installed PostgreSQL cannot open these database files", "add --pg-bindir DIR, with the programs of the backup's major version"),
        new("WAL ends before end of online backup", ProblemCode.WalGap, "WAL ends before the base backup is consistent", OtherBackup),
        new("could not locate a valid checkpoint record", ProblemCode.WalGap, "the WAL that the base backup begins with cannot be read", OtherBackup),
        new("could not locate required checkpoint record", ProblemCode.WalGap, "the WAL that the base backup begins with is missing", OtherBackup),
        new("could not find redo location", ProblemCode.WalGap, "the WAL that the base backup begins with is missing", OtherBackup),
        new("shared memory", ProblemCode.Refused, "this machine has too little shared memory for the limits of the original server", "drill on a machine with more memory"),
    ];

    public static Problem? Find(string evidence) =>
        Array.Find(All, failure => evidence.Contains(failure.Words, StringComparison.Ordinal)) is { } known
            ? new Problem(known.Code, known.Message, evidence, known.Hint)
            : null;
}
