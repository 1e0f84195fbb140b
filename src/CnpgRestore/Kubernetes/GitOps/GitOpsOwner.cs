using System.Text.Json.Nodes;

namespace CnpgRestore.Kubernetes.GitOps;

/// <summary>What writes an object again and again from Git: a Flux Kustomization or HelmRelease, or an Argo CD Application.</summary>
/// <param name="Evidence">What says so, in one clause.</param>
/// <param name="Object">
/// Null where it is named but is not in this Kubernetes cluster: a leftover label, or GitOps that works from another cluster and cannot be
/// suspended from here.
/// </param>
public sealed record GitOpsOwner(ObjectReference Reference, string Evidence, JsonObject? Object);
