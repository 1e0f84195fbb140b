using CnpgRestore.LocalRestore;
using CnpgRestore.Plans.FromBackup;

namespace CnpgRestore.Runs.FromBackup;

/// <summary>What a recovery achieved, and the evidence for it.</summary>
public sealed record FromBackupResult(
    FromBackupDecision Decision, ReachedPoint Reached, IReadOnlyList<Check> Checks, IReadOnlyList<RecoveredDatabase> Databases, string FirstBackup, IReadOnlyList<string> Warnings, TimeSpan Took)
{
    public bool Passed => Checks.All(check => check.Passed);
}
