using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.Clusters;

/// <summary>Events of the operator on its objects.</summary>
sealed class ClusterEvents(KubernetesApi api, TimeProvider clock)
{
    public Task RecordAsync(JsonObject item, string reason, string message, CancellationToken ct)
    {
        var now = StatusDraft.Timestamp(clock);
        return api.CreateAsync(
            ResourceType.Events,
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = $"{item.Name}.{Guid.NewGuid():N}", ["namespace"] = item.Namespace },
                ["involvedObject"] = new JsonObject
                {
                    ["apiVersion"] = item.Text("apiVersion"),
                    ["kind"] = item.Text("kind"),
                    ["name"] = item.Name,
                    ["namespace"] = item.Namespace,
                    ["uid"] = item.Uid,
                    ["resourceVersion"] = item.Text("metadata", "resourceVersion"),
                },
                ["type"] = "Normal",
                ["reason"] = reason,
                ["message"] = message,
                ["source"] = new JsonObject { ["component"] = "cloudnative-pg" },
                ["firstTimestamp"] = now,
                ["lastTimestamp"] = now,
                ["count"] = 1,
            },
            ct);
    }
}
