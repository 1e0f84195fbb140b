using CnpgRestore.Kubernetes;

namespace CnpgRestore.Plans.FromBackup;

/// <summary>The resource behind the kind that a decision keeps.</summary>
static class GitOpsTypes
{
    public static ResourceType Of(string kind) => kind switch
    {
        "Kustomization" => ResourceTypes.Kustomizations,
        "HelmRelease" => ResourceTypes.HelmReleases,
        "Application" => ResourceTypes.Applications,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an owner that GitOps knows"),
    };
}
