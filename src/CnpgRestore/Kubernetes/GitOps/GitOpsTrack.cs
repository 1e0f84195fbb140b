using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.GitOps;

/// <summary>
/// What an object itself says about the GitOps tool that applied it. Flux labels what it applies (kustomize-controller, helm-controller); Argo CD
/// annotates it, or before 3.0 labels it (https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/).
/// </summary>
/// <param name="Namespace">Null where the object does not say it.</param>
/// <param name="IsProof">Whether only the tool writes this; other tools write the label <c>app.kubernetes.io/instance</c> too.</param>
sealed record GitOpsTrack(ResourceType Type, string? Namespace, string Name, string Evidence, bool IsProof)
{
    private const string ArgoAnnotation = "argocd.argoproj.io/tracking-id";
    private static readonly string[] ArgoLabels = ["argocd.argoproj.io/instance", "app.kubernetes.io/instance"];

    /// <summary>The field manager by which each tool writes.</summary>
    public static IReadOnlyList<(string Manager, ResourceType Type)> Managers { get; } =
    [
        ("kustomize-controller", ResourceTypes.Kustomizations),
        ("helm-controller", ResourceTypes.HelmReleases),
        ("argocd-controller", ResourceTypes.Applications),
    ];

    public static IEnumerable<GitOpsTrack> Of(JsonObject item)
    {
        var labels = item.At("metadata", "labels");
        return Flux(labels, ResourceTypes.Kustomizations).Concat(Flux(labels, ResourceTypes.HelmReleases)).Concat(Argo(item));
    }

    /// <summary>The tools whose controllers wrote fields of the object.</summary>
    public static IEnumerable<ResourceType> WritersOf(JsonObject item)
    {
        var managers = item.Items("metadata", "managedFields").Select(entry => entry.Text("manager")).ToHashSet();
        return Managers.Where(known => managers.Contains(known.Manager)).Select(known => known.Type);
    }

    /// <summary>Whether an owner's own list of what it applied holds the object.</summary>
    public static bool Lists(JsonObject owner, ResourceType ownerType, JsonObject item)
    {
        var (group, kind) = (item.Text("apiVersion")?.Split('/') is [var found, _] ? found : "", item.Text("kind"));
        var (ns, name) = (item.Text("metadata", "namespace") ?? "", item.Text("metadata", "name"));
        return ownerType.Kind switch
        {
            // fluxcd/cli-utils, object.ObjMetadata: namespace_name_group_kind.
            "Kustomization" => owner.Items("status", "inventory", "entries").Any(entry => entry.Text("id") == $"{ns}_{name}_{group}_{kind}"),
            "Application" => owner.Items("status", "resources").Any(resource =>
                resource.Text("name") == name && resource.Text("kind") == kind && (resource.Text("group") ?? "") == group && (resource.Text("namespace") ?? "") == ns),
            _ => item.Text("metadata", "annotations", "meta.helm.sh/release-name") is { } release && ReleaseName(owner) == release
                && (owner.Text("spec", "targetNamespace") ?? owner.Text("metadata", "namespace")) == item.Text("metadata", "annotations", "meta.helm.sh/release-namespace"),
        };
    }

    private static IEnumerable<GitOpsTrack> Flux(JsonNode? labels, ResourceType type)
    {
        if (labels.Text($"{type.Group}/name") is { Length: > 0 } name)
        {
            yield return new GitOpsTrack(type, labels.Text($"{type.Group}/namespace"), name, $"label {type.Group}/name", IsProof: true);
        }
    }

    private static IEnumerable<GitOpsTrack> Argo(JsonObject item)
    {
        if (item.Text("metadata", "annotations", ArgoAnnotation) is { } tracking)
        {
            // app:group/Kind:namespace/name, the app behind its namespace and an underscore where it is not in Argo CD's own. A copied annotation
            // names another object, and Argo CD ignores it.
            if (tracking.Split(':') is [var app, _, var place] && place.EndsWith($"/{item.Text("metadata", "name")}", StringComparison.Ordinal))
            {
                yield return app.Split('_') is [var ns, var name]
                    ? new GitOpsTrack(ResourceTypes.Applications, ns, name, $"annotation {ArgoAnnotation}", IsProof: true)
                    : new GitOpsTrack(ResourceTypes.Applications, null, app, $"annotation {ArgoAnnotation}", IsProof: true);
            }

            yield break;
        }

        foreach (var label in ArgoLabels)
        {
            if (item.Text("metadata", "labels", label) is { Length: > 0 } name)
            {
                yield return new GitOpsTrack(ResourceTypes.Applications, null, name, $"label {label}", IsProof: label.StartsWith("argocd", StringComparison.Ordinal));
            }
        }
    }

    // helm-controller, api/v2 HelmRelease.GetReleaseName.
    private static string? ReleaseName(JsonObject release) =>
        release.Text("spec", "releaseName")
        ?? (release.Text("spec", "targetNamespace") is { } target ? $"{target}-{release.Text("metadata", "name")}" : release.Text("metadata", "name"));
}
