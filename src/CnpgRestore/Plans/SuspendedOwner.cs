using CnpgRestore.Kubernetes;

namespace CnpgRestore.Plans;

/// <summary>A GitOps object that is told to leave the Cluster alone for the time of the run.</summary>
/// <param name="Kind"><c>Kustomization</c>, <c>HelmRelease</c> or <c>Application</c>.</param>
/// <param name="Version">The API version that the server has of it: <c>v1</c>.</param>
public sealed record SuspendedOwner(string Kind, string Version, string Namespace, string Name)
{
    public static SuspendedOwner Of(ObjectReference owner) => new(owner.Type.Kind, owner.Type.Version, owner.Namespace ?? "", owner.Name);

    public ObjectReference ToReference() => new(TypeOf(Kind) with { Version = Version }, Namespace, Name);

    public override string ToString() => $"{Kind} {Namespace}/{Name}";

    private static ResourceType TypeOf(string kind) => kind switch
    {
        "Kustomization" => ResourceTypes.Kustomizations,
        "HelmRelease" => ResourceTypes.HelmReleases,
        "Application" => ResourceTypes.Applications,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an owner that GitOps knows"),
    };
}
