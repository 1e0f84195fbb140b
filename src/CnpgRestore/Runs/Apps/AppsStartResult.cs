using CnpgRestore.Kubernetes.Workloads;

namespace CnpgRestore.Runs.Apps;

/// <summary>What was started, and what did not become what it was.</summary>
/// <param name="Differences">Not ready in time, or with another count, each with its reason; empty: everything is back.</param>
/// <param name="Warnings">What could not be verified.</param>
public sealed record AppsStartResult(
    string Run, string Cluster, IReadOnlyList<StoppedApp> Started, IReadOnlyList<string> Differences, IReadOnlyList<string> Warnings, TimeSpan Took);
