using CnpgRestore.Kubernetes;

namespace CnpgRestore.Plans;

/// <summary>Asks the API whether it will let the run do each thing that its plan names (SelfSubjectAccessReview).</summary>
static class AccessPreflight
{
    /// <param name="needed">Verb, type, namespace and subresource, as <see cref="KubernetesApi.MayAsync"/> takes them.</param>
    public static async Task<IReadOnlyList<Problem>> CheckAsync(
        KubernetesApi api, IEnumerable<(string Verb, ResourceType Type, string Namespace, string? Sub)> needed, CancellationToken ct)
    {
        var answers = await Task.WhenAll(needed.Distinct().Select(async need => (need, Answer: await api.MayAsync(need.Verb, need.Type, need.Namespace, null, need.Sub, ct))));
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
