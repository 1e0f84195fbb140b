using CnpgRestore.ObjectStore;

namespace CnpgRestore.Runs;

/// <summary>What a folder move achieved.</summary>
/// <param name="CopiedObjects">By this run; what an earlier one had copied is not counted.</param>
/// <param name="ProvenObjects">In the target, equal to the source.</param>
/// <param name="ByEvidence">How many were proven in which way.</param>
/// <param name="RemovedObjects">From the source, by this run.</param>
public sealed record FolderMoveResult(
    long CopiedObjects, long CopiedBytes, long ProvenObjects, long ProvenBytes, IReadOnlyDictionary<Evidence, long> ByEvidence, long RemovedObjects);
