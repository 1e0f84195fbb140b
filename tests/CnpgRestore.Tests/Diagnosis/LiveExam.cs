using System.Text.Json.Nodes;
using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>Examinations of the Cluster <c>orders</c> in namespace <c>shop</c>, written by hand: for what no stand-in comes to.</summary>
static class LiveExam
{
    public static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private const string Archive = """{"barmanObjectStore":{"destinationPath":"s3://bucket"}}""";

    /// <param name="status">JSON, as all that follows.</param>
    /// <param name="spec">Besides the instances and the backup section.</param>
    public static Examination Of(string status, string metadata = "{}", string spec = "{}", string backup = Archive)
    {
        var live = new JsonObject { ["metadata"] = Json(metadata), ["spec"] = Json(spec), ["status"] = Json(status) };
        live["metadata"]!["name"] = "orders";
        live["metadata"]!["namespace"] = "shop";
        live["spec"]!["instances"] ??= 1;
        live["spec"]!["backup"] = Json(backup);
        return new Examination
        {
            Cluster = "orders",
            Namespace = "shop",
            Time = Now,
            HasKubernetes = true,
            KnowsCluster = true,
            KnowsPods = true,
            Live = live,
            State = CnpgCluster.Read(live),
            Manifest = ClusterManifest.Read(live, _ => null),
        };
    }

    public static string Healthy(string more = "") =>
        $$$"""{"phase":"Cluster in healthy state","readyInstances":1,"currentPrimary":"orders-1"{{{more}}}}""";

    public static JsonObject Instance(string name, bool isReady = true, string metadata = "") => Json(
        $$$"""{"metadata":{"name":"{{{name}}}","labels":{"cnpg.io/cluster":"orders","cnpg.io/podRole":"instance"}{{{metadata}}}},"status":{"conditions":[{"type":"Ready","status":"{{{isReady}}}"}]}}""");

    /// <summary>Of the operator, and failed.</summary>
    public static JsonObject Job(string name, string role) => Json(
        $$$"""{"metadata":{"name":"{{{name}}}","labels":{"cnpg.io/cluster":"orders","cnpg.io/jobRole":"{{{role}}}","cnpg.io/instanceName":"{{{name[..^(role.Length + 1)]}}}"}},"status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"no more"}]}}""");

    public static JsonObject PodOf(string job, string spec = "{}", string labels = "{}", string created = "2026-11-30T10:00:00Z", string suffix = "x2k9p") => Json(
        $$$"""{"metadata":{"name":"{{{job}}}-{{{suffix}}}","labels":{{{labels}}},"creationTimestamp":"{{{created}}}","ownerReferences":[{"kind":"Job","name":"{{{job}}}"}]},"spec":{{{spec}}},"status":{}}""");

    public static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    public static Finding Single(Examination exam, string id) => Assert.Single(Verdict.On(exam).Findings, finding => finding.Id == id);

    public static bool Has(Examination exam, string id) => Verdict.On(exam).Findings.Any(finding => finding.Id == id);
}
