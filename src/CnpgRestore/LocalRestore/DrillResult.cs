using CnpgRestore.Barman.Recovery;


namespace CnpgRestore.LocalRestore;

/// <summary>What a drill found out: the evidence.</summary>
public sealed record DrillResult
{
    public required string Store { get; init; }

    public required DrillRequest Request { get; init; }

    public required RecoveryPath Path { get; init; }

    /// <summary>The same recovery without a target: to the end of the archive.</summary>
    public required RecoveryPath Whole { get; init; }

    /// <summary>What said, before anything was downloaded, that the target can be reached.</summary>
    public required string Reachability { get; init; }

    public required ReachedPoint Reached { get; init; }

    /// <summary>The PostgreSQL that did the recovery.</summary>
    public required PostgresBinaries Postgres { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required DrillTimes Times { get; init; }

    /// <summary>WAL segments that PostgreSQL took, in order.</summary>
    public required int SegmentsReplayed { get; init; }

    /// <summary>The last moment that this folder can bring back, as far as it is known; see <see cref="ReachableMoment"/>.</summary>
    public required ReachableMoment LastReachable { get; init; }

    public required IReadOnlyList<DatabaseContent> Databases { get; init; }

    public required IReadOnlyList<Check> Checks { get; init; }

    /// <summary>What the drill could not or would not do like the original server.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Where the restored files are; null when they are deleted.</summary>
    public DrillFolder? Kept { get; init; }

    public bool Passed => Checks.All(check => check.Passed);

    /// <summary>Age of the last reachable moment when the drill began: what would be lost if the original server were lost then.</summary>
    public TimeSpan RecoveryPoint => Started - LastReachable.Moment;
}

/// <param name="Base">Base backup downloaded and extracted.</param>
/// <param name="Replay">WAL replayed, until the database accepted connections.</param>
/// <param name="Proof">Counted and checked.</param>
public sealed record DrillTimes(TimeSpan Plan, TimeSpan Base, TimeSpan Replay, TimeSpan Proof)
{
    /// <summary>The measured recovery time: from the decision to restore until the database accepts connections.</summary>
    public TimeSpan Recovery => Plan + Base + Replay;
}

/// <param name="Source">What the moment was taken from.</param>
public sealed record ReachableMoment(DateTimeOffset Moment, string Source);
