using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;

namespace CnpgRestore.Plans;

/// <summary>Finds what has to be suspended so that nobody writes an object behind the run's back: its owner, and what would resume that.</summary>
static class GitOpsPreflight
{
    /// <returns>The outermost first, since each would be set back by the one before it.</returns>
    /// <param name="live">Null where the object is gone.</param>
    public static async Task<IReadOnlyList<SuspendedOwner>> FindAsync(GitOpsOwners owners, JsonObject? live, ObjectReference item, List<Problem> problems, CancellationToken ct)
    {
        var chain = live is null ? await owners.FindMissingAsync(item, ct) : await owners.FindAsync(live, ct);
        var suspended = new List<SuspendedOwner>();
        for (var index = 0; index < chain.Count; index++)
        {
            var (reference, evidence, found) = chain[index];
            if (found is null)
            {
                problems.Add(new Problem(
                    ProblemCode.Refused,
                    $"{reference} owns {item} and cannot be suspended from here",
                    $"{evidence} names it, and this Kubernetes does not have it",
                    $"suspend it where it lives and remove that label from the {item.Type.Kind}, or use a kubeconfig for that cluster"));
                break;
            }

            suspended.Add(SuspendedOwner.Of(reference));
            if (GitOpsSuspension.SetOf(reference.Type, found) is { } set && await owners.FindSetAsync(set, ct) is var read && OfSet(reference, set, read) is { } problem)
            {
                problems.Add(problem);
            }

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

    /// <summary>Null where the ApplicationSet lets its Application be suspended.</summary>
    /// <param name="read">Null where it is gone, or may not be read: then nobody knows what it does.</param>
    internal static Problem? OfSet(ObjectReference application, ObjectReference set, JsonObject? read) =>
        read is not null && GitOpsSuspension.LeavesSyncPolicy(read, application.Name) ? null : new Problem(
            ProblemCode.Refused,
            $"{application} would be resumed by {set}",
            read is null ? "an ApplicationSet sets back what is changed in its Applications, and this one cannot be read" : "it sets back spec.syncPolicy of its Applications",
            $"write into {set} spec.ignoreApplicationDifferences: [{{jsonPointers: [/spec/syncPolicy]}}], or spec.syncPolicy.applicationsSync: create-only; then run the same command again");
}
