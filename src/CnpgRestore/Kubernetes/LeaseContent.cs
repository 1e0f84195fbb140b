using System.Globalization;
using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes;

/// <summary>What stands in the Lease of a run (Kubernetes, coordination.k8s.io/v1 LeaseSpec).</summary>
static class LeaseContent
{
    public static JsonObject New(string name, LeaseHolder holder, DateTimeOffset now) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = Spec(holder, now, now, 0),
    };

    public static JsonObject Spec(LeaseHolder holder, DateTimeOffset acquired, DateTimeOffset renewed, int transitions) => new()
    {
        ["holderIdentity"] = holder.ToString(),
        ["leaseDurationSeconds"] = (int)RunLease.Duration.TotalSeconds,
        ["acquireTime"] = MicroTime(acquired),
        ["renewTime"] = MicroTime(renewed),
        ["leaseTransitions"] = transitions,
    };

    public static bool IsExpired(JsonObject lease, DateTimeOffset now) =>
        lease.Time("spec", "renewTime") is not { } renewed
        || now - renewed > TimeSpan.FromSeconds(lease.Number("spec", "leaseDurationSeconds") ?? (int)RunLease.Duration.TotalSeconds);

    /// <summary>A time of the lease for a person.</summary>
    public static string Seconds(JsonObject lease, string field) =>
        lease.Time("spec", field)?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "an unknown time";

    /// <summary>With the six digits that the API asks for (meta/v1 MicroTime).</summary>
    public static string MicroTime(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
