using CnpgRestore.Kubernetes;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>Asks the API whether it will let the run do each thing that its plan names (SelfSubjectAccessReview).</summary>
static class AccessPreflight
{
    public static async Task<IReadOnlyList<Problem>> CheckAsync(KubernetesApi api, FromBackupPlan plan, CancellationToken ct)
    {
        var ns = plan.Decision.Namespace;
        List<(string Verb, ResourceType Type, string Namespace, string? Sub)> needed =
        [
            ("create", ResourceTypes.ConfigMaps, ns, null), ("delete", ResourceTypes.ConfigMaps, ns, null),
            ("create", ResourceTypes.Leases, ns, null), ("update", ResourceTypes.Leases, ns, null),
            ("get", ResourceTypes.Clusters, ns, null), ("watch", ResourceTypes.Clusters, ns, null), ("create", ResourceTypes.Clusters, ns, null),
            ("list", ResourceTypes.Pods, ns, null), ("get", ResourceTypes.Pods, ns, "log"), ("create", ResourceTypes.Pods, ns, "exec"),
            ("list", ResourceTypes.Jobs, ns, null), ("list", ResourceTypes.PersistentVolumeClaims, ns, null), ("list", ResourceTypes.Events, ns, null),
            ("create", ResourceTypes.Backups, ns, null),
        ];
        if (plan.Former is not null)
        {
            needed.Add(("delete", ResourceTypes.Clusters, ns, null));
        }

        needed.AddRange(plan.Decision.Owners.Select(owner => ("patch", owner.ToReference().Type, owner.Namespace, (string?)null)));
        var answers = await Task.WhenAll(needed.Select(async need => (need, Answer: await api.MayAsync(need.Verb, need.Type, need.Namespace, null, need.Sub, ct))));
        return
        [
            .. answers.Where(entry => !entry.Answer.Allowed).Select(entry => new Problem(
                ProblemCode.AccessDenied,
                $"the API does not permit to {entry.need.Verb} {entry.need.Type}{(entry.need.Sub is null ? "" : $"/{entry.need.Sub}")} in namespace {entry.need.Namespace}",
                entry.Answer.Reason,
                $"kubectl auth can-i {entry.need.Verb} {entry.need.Type} -n {entry.need.Namespace}")),
        ];
    }
}
