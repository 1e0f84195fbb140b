namespace CnpgRestore.Dumps.Loading;

/// <summary>How far a load has come.</summary>
/// <param name="Read">Of the file on the disk, packed as it is.</param>
/// <param name="Rows">Handed to the server so far.</param>
/// <param name="Statements">Finished so far.</param>
/// <param name="Waiting">Indexes, keys and triggers that are known and not finished.</param>
public readonly record struct LoadProgress(LoadPhase Phase, ByteSize Read, ByteSize Total, long Rows, long Statements, int Waiting);

/// <summary>What a load works at; a dump that loads its data late may come back to an earlier one.</summary>
public enum LoadPhase
{
    /// <summary>Statements in order, one at a time.</summary>
    Statements,

    /// <summary>Rows, over several connections.</summary>
    Data,

    /// <summary>Indexes, keys and triggers, several at a time.</summary>
    Indexes,
}
