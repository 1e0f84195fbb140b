using CnpgRestore.Databases.Verification;
using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.Runs.FromDump;

/// <summary>What a restore from a dump achieved.</summary>
/// <param name="Verification">Null where an earlier process of the run had proven it and swapped the names already.</param>
/// <param name="SequencesFixed">By this process.</param>
/// <param name="HeldOff">How long no session could be opened during the swap; null without one.</param>
public sealed record FromDumpResult(FromDumpDecision Decision, VerificationResult? Verification, int SequencesFixed, TimeSpan? HeldOff, TimeSpan Took);
