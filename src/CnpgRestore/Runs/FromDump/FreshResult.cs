using CnpgRestore.Plans.FromDump;

namespace CnpgRestore.Runs.FromDump;

/// <summary>What a new Cluster from a dump has become.</summary>
/// <param name="FirstBackup">Empty where none was taken.</param>
public sealed record FreshResult(FreshDecision Decision, LoadedDump Loaded, string FirstBackup, IReadOnlyList<string> Warnings, TimeSpan Took)
{
    public bool Passed => Loaded.Differences.Count == 0;
}
