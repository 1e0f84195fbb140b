using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;

namespace CnpgRestore.Plans.Advice;

/// <summary>How what is looked at is opened. Each may throw <see cref="RestoreException"/>, which is then a fact like any other.</summary>
/// <param name="Kubernetes">Null: it is not to be asked.</param>
/// <param name="Store">The bucket of the command line, or the one that a manifest names, with the credentials of this machine.</param>
public sealed record AdviceSources(Func<KubernetesApi>? Kubernetes, Func<BarmanStore?, IObjectStore> Store, TimeProvider Clock)
{
    /// <summary>Loads that this machine did before, newest first.</summary>
    public IReadOnlyList<PastLoad> PastLoads { get; init; } = [];
}
