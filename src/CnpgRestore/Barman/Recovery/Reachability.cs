using CnpgRestore.Postgres;

namespace CnpgRestore.Barman.Recovery;

/// <summary>The answer to "can this target be reached?"; a closed choice.</summary>
public abstract record Reachability
{
    private Reachability()
    {
    }

    /// <param name="Proof">What the answer rests on, as one sentence.</param>
    public sealed record Reachable(RecoveryPath Path, string Proof) : Reachability;

    /// <summary>Everything needed is there by its name, but only a replay can tell whether the target occurs in it; or a segment that would tell cannot be read.</summary>
    public sealed record Unproven(RecoveryPath Path, string Why) : Reachability;

    /// <param name="Problem">With <see cref="ProblemCode.WalGap"/> or <see cref="ProblemCode.NotFound"/>.</param>
    /// <param name="FirstMissing">The segment in front of which recovery would stop.</param>
    /// <param name="Path">How far recovery would come; null where it could not even start.</param>
    public sealed record Unreachable(Problem Problem, WalSegmentName? FirstMissing, RecoveryPath? Path) : Reachability;
}
