using CnpgRestore.Kubernetes.Workloads;

namespace CnpgRestore.Runs.Apps;

/// <summary>What is stopped, and who is connected all the same.</summary>
/// <param name="Stopped">Every workload that bears a note, with what it was.</param>
/// <param name="Terminated">Sessions that were ended.</param>
/// <param name="Left">Empty: nobody is connected.</param>
public sealed record AppsStopResult(string Run, string Cluster, IReadOnlyList<StoppedApp> Stopped, int Terminated, IReadOnlyList<ClusterSession> Left, TimeSpan Took);
