using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.Client;

/// <summary>One request to the API.</summary>
/// <param name="Path">Path and query.</param>
/// <param name="Type">What it is about, for messages.</param>
sealed record ApiRequest(HttpMethod Method, string Path, string Verb, ResourceType Type)
{
    public const string Json = "application/json";
    public const string MergePatch = "application/merge-patch+json";

    /// <summary>JSON is YAML; the server takes no other name for a server-side apply before Kubernetes 1.31.</summary>
    public const string ApplyPatch = "application/apply-patch+yaml";

    public string? Namespace { get; init; }

    public string? Name { get; init; }

    /// <summary><c>log</c>, <c>exec</c>; null: the object itself.</summary>
    public string? Subresource { get; init; }

    public JsonObject? Body { get; init; }

    public string ContentType { get; init; } = Json;

    /// <summary>Sending it twice does the same as sending it once.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>After so many attempts what is asked for is taken for absent, long before the server itself would be given up.</summary>
    public int MostAttempts { get; init; } = int.MaxValue;

    /// <summary>As RBAC and kubectl name it: <c>pods/exec</c>.</summary>
    public string Resource => Subresource is null ? Type.ToString() : $"{Type}/{Subresource}";

    /// <summary>As messages say it: <c>patch kustomizations.kustomize.toolkit.fluxcd.io apps in namespace flux-system</c>.</summary>
    public string What => $"{Verb} {Resource}{(Name is null ? "" : $" {Name}")}{(Namespace is null ? "" : $" in namespace {Namespace}")}";

    public static ApiRequest Read(string verb, ResourceType type, string path) => new(HttpMethod.Get, path, verb, type) { IsRepeatable = true };
}
