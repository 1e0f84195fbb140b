namespace CnpgRestore.Runs.FromDump;

/// <summary>The applications of a Cluster, as a run that replaces it sees them.</summary>
/// <param name="StopAsync">Throws, exit 20, where somebody is connected all the same.</param>
/// <param name="DemandStoppedAsync">Throws, exit 20, where somebody is connected by now: applications come back by themselves, or somebody brings them back.</param>
public sealed record FreshApps(Func<CancellationToken, Task> StopAsync, Func<CancellationToken, Task> DemandStoppedAsync);
