using CnpgRestore.Kubernetes;

namespace CnpgRestore.Plans.Clusters;

/// <summary>What the API must permit to a run that replaces a Cluster.</summary>
static class ClusterAccess
{
    public static IEnumerable<(string Verb, ResourceType Type, string Namespace, string? Sub)> Of(ClusterDecision decision, bool deletes)
    {
        var ns = decision.Namespace;
        List<(string Verb, ResourceType Type, string Namespace, string? Sub)> needed =
        [
            ("create", ResourceTypes.ConfigMaps, ns, null), ("delete", ResourceTypes.ConfigMaps, ns, null),
            ("create", ResourceTypes.Leases, ns, null), ("update", ResourceTypes.Leases, ns, null),
            ("get", ResourceTypes.Clusters, ns, null), ("watch", ResourceTypes.Clusters, ns, null), ("create", ResourceTypes.Clusters, ns, null),
            ("list", ResourceTypes.Pods, ns, null), ("watch", ResourceTypes.Pods, ns, null), ("get", ResourceTypes.Pods, ns, "log"), .. Opening(ns, "exec"),
            ("list", ResourceTypes.Jobs, ns, null), ("watch", ResourceTypes.Jobs, ns, null), ("list", ResourceTypes.PersistentVolumeClaims, ns, null),
            ("list", ResourceTypes.Events, ns, null), ("watch", ResourceTypes.Events, ns, null),
            .. decision.Owners.Select(owner => ("patch", owner.ToReference().Type, owner.Namespace, (string?)null)),
        ];
        if (decision.Owners.Count > 0)
        {
            needed.Add(("patch", ResourceTypes.ConfigMaps, ns, null));
        }

        if (decision.Archive.Length > 0)
        {
            needed.AddRange([("create", ResourceTypes.Backups, ns, null), ("watch", ResourceTypes.Backups, ns, null)]);
        }

        if (deletes)
        {
            needed.Add(("delete", ResourceTypes.Clusters, ns, null));
        }

        return needed;
    }

    /// <summary>The same for a Cluster that is made new and filled from a dump.</summary>
    public static IEnumerable<(string Verb, ResourceType Type, string Namespace, string? Sub)> OfFresh(ClusterDecision decision, bool deletes) =>
    [
        .. Of(decision, deletes),
        .. Opening(decision.Namespace, "portforward"),
        ("get", ResourceTypes.Secrets, decision.Namespace, null),
        ("patch", ResourceTypes.Secrets, decision.Namespace, null),
        ("patch", ResourceTypes.ConfigMaps, decision.Namespace, null),
    ];

    /// <summary>
    /// A web socket is opened by a GET, which is the verb "get" to RBAC; from Kubernetes 1.35 on it must be permitted to "create", too
    /// (AuthorizePodWebsocketUpgradeCreatePermission), as it always was for a POST.
    /// </summary>
    public static IEnumerable<(string Verb, ResourceType Type, string Namespace, string? Sub)> Opening(string ns, string what) =>
        [("get", ResourceTypes.Pods, ns, what), ("create", ResourceTypes.Pods, ns, what)];
}
