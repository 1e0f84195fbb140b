using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;

namespace CnpgRestore.Runs.Clusters;

/// <summary>Creates the Cluster, or with <see cref="ApplyMode.None"/> finds the one that somebody has applied.</summary>
sealed class ClusterCreation(KubernetesApi api, ClusterDecision decision, JsonObject manifest, ClusterRemoval removal)
{
    private readonly RunRecord _record = new(api);

    /// <summary>Pods in which the bootstrap of a Cluster that was there already has been tried. What stops them may have been mended since they began.</summary>
    public IReadOnlySet<string> EarlierAttempts { get; private set; } = new HashSet<string>();

    public async Task<string> CreateAsync(StepMeter meter, CancellationToken ct)
    {
        var chosen = manifest;
        if (await api.FindAsync(decision.Reference, ct) is { } live)
        {
            if (live.Text("metadata", "uid") == decision.FormerUid)
            {
                throw new RestoreException(ProblemCode.Stopped, $"{decision.Reference} is still the former one", hint: decision.ResumeCommand);
            }

            DemandDecided(live);
            var attempts = await BootstrapAttempts.ReadAsync(api, decision, ct);
            if (!removal.IsOurs(live) || !attempts.HaveFailed(live, await api.FindAsync(new ObjectReference(ResourceTypes.Jobs, decision.Namespace, decision.Job), ct)))
            {
                EarlierAttempts = attempts.Names;
                return "it is there already";
            }

            var made = (await _record.FindAsync(decision.Namespace, decision.Cluster, ct))?.Manifest ?? manifest;
            chosen = ManifestOfFailed.Choose(decision, made, manifest, live);
            // Before the Cluster goes: what a person has edited on it, nothing else would know after a kill.
            await _record.NoteManifestAsync(decision, chosen, ct);
            // Its bootstrap never ended, so nothing is in it; a Job that has failed is not begun again by the operator.
            await removal.RemoveAsync(live.Text("metadata", "uid")!, meter, ct);
        }

        if (decision.Apply == ApplyMode.None)
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                $"{string.Join(", ", decision.Files)} is written and waits to be applied",
                "--apply none leaves that to you",
                $"kubectl apply it, then: {decision.ResumeCommand}");
        }

        await _record.NoteManifestAsync(decision, chosen, ct);
        await api.CreateAsync(ResourceTypes.Clusters, decision.Namespace, (JsonObject)chosen.DeepClone(), WriteOptions.Default, ct);
        return ReferenceEquals(chosen, manifest) ? decision.Origin : $"{decision.Origin}; with what was edited on the failed one";
    }

    /// <summary>Whoever created it, it must be what was decided, and nothing else.</summary>
    private void DemandDecided(JsonObject live)
    {
        var found = ClusterManifest.Read(live, _ => null);
        if (!decision.IsSaidBy(found))
        {
            throw new RestoreException(
                ProblemCode.Stopped,
                $"{decision.Reference} exists and is not the one that was decided: {decision.Origin}",
                $"it says bootstrap {string.Join(" and ", found.Methods)}, from {found.Source?.ServerName ?? "nothing"}/{TargetOf(found)}, archives to {found.Destination?.ServerName ?? "nothing"}/; GitOps has been faster, or somebody else",
                $"suspend what creates it and delete it, then: {decision.ResumeCommand}");
        }
    }

    private static string TargetOf(ClusterManifest found) =>
        found.RecoveryTarget.Count == 0 ? "" : $" with {string.Join(", ", found.RecoveryTarget.Select(entry => $"{entry.Key} {entry.Value}"))}";
}
