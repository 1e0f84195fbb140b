using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Plans.Clusters;

/// <summary>Other Clusters that archive into a folder of a run, which would spoil both.</summary>
/// <param name="archive">The bucket of the run.</param>
/// <param name="folders">Which no other Cluster may archive into.</param>
sealed class OtherWriters(ObjectReference cluster, BarmanStore archive, IReadOnlyCollection<string> folders)
{
    /// <summary>What stands in the way.</summary>
    public List<Problem> Problems { get; } = [];

    /// <summary>What could not be looked at or told, and a person has to judge.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Among the Clusters of all namespaces, or of one where listing the others is not permitted.</summary>
    public async Task SearchAsync(KubernetesApi api, CancellationToken ct)
    {
        foreach (var scope in (string?[])[null, cluster.Namespace])
        {
            try
            {
                Judge(await LiveClusters.ListAsync(api, scope, ct));
                return;
            }
            catch (RestoreException e) when (e.Problem.Code == ProblemCode.AccessDenied)
            {
                Notes.Add($"{(scope is null ? "other namespaces were" : $"namespace {scope} was")} not searched for clusters that archive into the same folder: listing Clusters there is not permitted");
            }
        }
    }

    private void Judge(LiveClusters clusters)
    {
        foreach (var other in clusters.All.Where(other => (other.Name, other.Namespace) != (cluster.Name, cluster.Namespace)))
        {
            if (other.Destination is { } destination && folders.Contains(destination.ServerName))
            {
                Judge(new ObjectReference(ResourceTypes.Clusters, other.Namespace, other.Name), destination);
            }
        }
    }

    /// <summary>
    /// The same path on the same server is refused. Where only the server has another name, nobody here can tell: it may be one store by its Service and by
    /// its ingress, and as well the store of each namespace, made alike. A refusal would leave the second without a way, since the folder that is recovered from
    /// has the name that it has; so it is said in the plan, before anything is done.
    /// </summary>
    private void Judge(ObjectReference other, BackupFolder destination)
    {
        if (destination.Store is not { } store)
        {
            Notes.Add($"{other} archives into {destination.ServerName}/ of a bucket that is not known, since ObjectStore {destination.ObjectStoreName} does not exist or may not be read: {Advice(other)}");
        }
        else if (store.Address != archive.Address)
        {
            return;
        }
        else if (StoreEndpoint.Of(store.EndpointUrl, other.Namespace) == StoreEndpoint.Of(archive.EndpointUrl, cluster.Namespace))
        {
            Problems.Add(new Problem(
                ProblemCode.Refused,
                $"{other} archives into {destination.ServerName}/ too",
                "two databases in one folder cannot be told apart later",
                $"give it another serverName, or stop it: kubectl get cluster -n {other.Namespace} {other.Name}"));
        }
        else
        {
            Notes.Add($"{other} archives into {destination.ServerName}/ of {store.Address} too, at {store.EndpointUrl ?? "AWS"}, and not at {archive.EndpointUrl ?? "AWS"}: {Advice(other)}");
        }
    }

    private static string Advice(ObjectReference other) =>
        $"if that is the same store, say no and give it another serverName first (kubectl edit cluster -n {other.Namespace} {other.Name}), since two databases in one folder cannot be told apart later";
}
