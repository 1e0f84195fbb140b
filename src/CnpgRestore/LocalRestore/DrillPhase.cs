namespace CnpgRestore.LocalRestore;

/// <summary>The parts of a drill, in their order.</summary>
public enum DrillPhase
{
    /// <summary>Reading the catalogue and proving that the target can be reached.</summary>
    Plan,

    /// <summary>Counts bytes, as stored.</summary>
    Base,

    /// <summary>Counts WAL segments.</summary>
    Replay,

    /// <summary>Counts databases and checks.</summary>
    Proof,
}

/// <param name="Total">0 where it is not known.</param>
/// <param name="Note">What is being worked on, for people.</param>
public readonly record struct DrillProgress(DrillPhase Phase, long Done, long Total, string Note);
