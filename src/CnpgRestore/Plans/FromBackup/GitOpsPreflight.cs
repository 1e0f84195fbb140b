using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>Finds what has to be suspended so that nobody creates the Cluster behind the run's back: its owner, and what would resume that.</summary>
static class GitOpsPreflight
{
    /// <returns>The outermost first, since each would be set back by the one before it.</returns>
    public static async Task<IReadOnlyList<SuspendedOwner>> FindAsync(KubernetesApi api, JsonObject? live, ObjectReference cluster, List<Problem> problems, CancellationToken ct)
    {
        var owners = new GitOpsOwners(api);
        var chain = live is null ? await owners.FindMissingAsync(cluster, ct) : await owners.FindAsync(live, ct);
        var suspended = new List<SuspendedOwner>();
        for (var index = 0; index < chain.Count; index++)
        {
            var (reference, evidence, found) = chain[index];
            if (found is null)
            {
                problems.Add(new Problem(
                    ProblemCode.Refused,
                    $"{reference} owns the Cluster and cannot be suspended from here",
                    $"{evidence} names it, and this Kubernetes does not have it",
                    "suspend it where it lives and remove that label from the Cluster, or use a kubeconfig for that cluster"));
                break;
            }

            suspended.Add(SuspendedOwner.Of(reference));
            var contested = GitOpsSuspension.ContestedBy(reference.Type, found);
            if (contested.Count == 0)
            {
                break;
            }

            if (index + 1 == chain.Count)
            {
                problems.Add(new Problem(
                    ProblemCode.Refused,
                    $"{reference} would be resumed by {string.Join(", ", contested)}",
                    "its manifest sets the field that suspends it, and what applies that manifest was not found",
                    "take the field out of the manifest, or suspend what applies it"));
            }
        }

        suspended.Reverse();
        return suspended;
    }
}
