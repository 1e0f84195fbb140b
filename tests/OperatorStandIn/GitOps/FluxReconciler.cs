using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.GitOps;

/// <summary>
/// Flux's kustomize-controller: applies what Git says, again and again, for every Kustomization that is not suspended. Its source is a
/// GitRepository with a <c>file://</c> URL. It never prunes.
/// </summary>
sealed class FluxReconciler(KubernetesApi api, TimeProvider clock)
{
    private readonly ServerSideApply _apply = new(api, "kustomize-controller");

    public async Task ReconcileAsync(JsonObject kustomization, CancellationToken ct)
    {
        if (kustomization.Flag("spec", "suspend") || kustomization.IsBeingDeleted)
        {
            return;
        }

        var status = new StatusDraft(ResourceType.Kustomizations, kustomization, clock);
        try
        {
            var revision = await ApplyAsync(kustomization, status, ct);
            status["lastAppliedRevision"] = revision;
            status.Condition("Ready", holds: true, "ReconciliationSucceeded", $"Applied revision: {revision}");
        }
        catch (Exception e) when (e is GitOpsException or ApiException)
        {
            status.Condition("Ready", holds: false, "ReconciliationFailed", e.Message);
        }

        status["observedGeneration"] = kustomization.Copy("metadata", "generation");
        await status.SaveAsync(api, ct);
    }

    private async Task<string> ApplyAsync(JsonObject kustomization, StatusDraft status, CancellationToken ct)
    {
        var repository = await SourceAsync(kustomization, ct);
        var commit = await repository.CommitAsync(ct);
        var revision = $"{await repository.BranchAsync(ct)}@sha1:{commit}";
        status["lastAttemptedRevision"] = revision;
        var values = await ValuesAsync(kustomization, ct);
        var objects = await new ManifestFolder(repository, commit).ObjectsAsync(
            kustomization.Text("spec", "path") ?? "./",
            text => values is null ? text : Substitution.Apply(text, values),
            ct);
        var ns = kustomization.Text("spec", "targetNamespace") ?? kustomization.Namespace;
        foreach (var item in objects)
        {
            Label(item, kustomization);
            if (item.Annotation("kustomize.toolkit.fluxcd.io/reconcile") != "disabled" && !await _apply.IsLiveAsync(item, ns, IsLeftAlone, ct))
            {
                await _apply.ApplyAsync(item, ns, ct);
            }
        }

        return revision;
    }

    private async Task<GitRepository> SourceAsync(JsonObject kustomization, CancellationToken ct)
    {
        var ns = kustomization.Text("spec", "sourceRef", "namespace") ?? kustomization.Namespace;
        var name = kustomization.Text("spec", "sourceRef", "name") ?? "";
        var source = await api.FindAsync(ResourceType.GitRepositories.Path(ns, name), ct) ?? throw new GitOpsException($"Source 'GitRepository/{ns}/{name}' not found");
        return GitRepository.At(source.Text("spec", "url") ?? "", source.Text("spec", "ref", "branch"));
    }

    /// <summary>Null when nothing is to be substituted: then a dollar sign is a dollar sign.</summary>
    private async Task<IReadOnlyDictionary<string, string>?> ValuesAsync(JsonObject kustomization, CancellationToken ct)
    {
        if (kustomization.At("spec", "postBuild") is not { } postBuild)
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var reference in postBuild.Items("substituteFrom").Where(reference => reference.Text("kind") == "ConfigMap"))
        {
            var map = await api.FindAsync(ResourceType.ConfigMaps.Path(kustomization.Namespace, reference.Text("name")!), ct);
            foreach (var (name, value) in map.Entries("data"))
            {
                values[name] = value.Text() ?? "";
            }
        }

        foreach (var (name, value) in postBuild.Entries("substitute"))
        {
            values[name] = value.Text() ?? "";
        }

        return values;
    }

    private static bool IsLeftAlone(JsonObject live) => live.Annotation("kustomize.toolkit.fluxcd.io/reconcile") == "disabled";

    private static void Label(JsonObject item, JsonObject kustomization)
    {
        var metadata = item["metadata"]!;
        metadata["labels"] ??= new JsonObject();
        metadata["labels"]!["kustomize.toolkit.fluxcd.io/name"] = kustomization.Name;
        metadata["labels"]!["kustomize.toolkit.fluxcd.io/namespace"] = kustomization.Namespace;
    }
}
