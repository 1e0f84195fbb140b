using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes;

/// <summary>One entry of <c>status.conditions</c> ([cloudnative-pg] api/v1/cluster_conditions.go).</summary>
public sealed record ClusterCondition(string Type, bool IsTrue, string Reason, string Message, DateTimeOffset? Since)
{
    public const string Ready = "Ready";

    /// <summary>False with the archiver's error as its message.</summary>
    public const string ContinuousArchiving = "ContinuousArchiving";

    public const string LastBackupSucceeded = "LastBackupSucceeded";

    public static ClusterCondition Read(JsonNode condition) => new(
        condition.Text("type") ?? "",
        condition.Text("status") == "True",
        condition.Text("reason") ?? "",
        condition.Text("message") ?? "",
        condition.Time("lastTransitionTime"));
}
