namespace CnpgRestore.Postgres;

/// <summary>A way in which PostgreSQL ends the replay of WAL, by the words of its log (src/backend/access/transam/xlogrecovery.c), wherever it runs.</summary>
public sealed record ReplayFailure(string Words, ProblemCode Code, string Message)
{
    public static ReplayFailure TargetNotReached { get; } = new("recovery ended before configured recovery target was reached", ProblemCode.NotFound, "the recovery target does not occur in the archived WAL");

    public static ReplayFailure OtherBranch { get; } = new("is not a child of this server's history", ProblemCode.NotFound, "the target's timeline does not descend from this base backup");

    public static ReplayFailure Inconsistent { get; } = new("WAL ends before end of online backup", ProblemCode.WalGap, "WAL ends before the base backup is consistent");

    /// <summary>In three wordings: which of them, is a matter of where it is looked for.</summary>
    public static IReadOnlyList<ReplayFailure> NoBeginning { get; } =
    [
        new("could not locate a valid checkpoint record", ProblemCode.WalGap, "the WAL that the base backup begins with cannot be read"),
        new("could not locate required checkpoint record", ProblemCode.WalGap, "the WAL that the base backup begins with is missing"),
        new("could not find redo location", ProblemCode.WalGap, "the WAL that the base backup begins with is missing"),
    ];
}
