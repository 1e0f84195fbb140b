using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.GitOps;

/// <summary>
/// Argo CD's application controller: applies a new commit of every Application with <c>syncPolicy.automated</c>, and with <c>selfHeal</c> the
/// same commit again and again. Its source is a <c>file://</c> repository. It never prunes.
/// </summary>
sealed class ArgoReconciler(KubernetesApi api, TimeProvider clock)
{
    private readonly ServerSideApply _apply = new(api, "argocd-controller");

    public async Task ReconcileAsync(JsonObject application, CancellationToken ct)
    {
        if (application.At("spec", "syncPolicy", "automated") is not { } automated
            || automated.Text("enabled") == "false"
            || application.Annotation("argocd.argoproj.io/skip-reconcile") == "true"
            || application.IsBeingDeleted)
        {
            return;
        }

        var synced = application.Text("status", "sync", "revision");
        var patch = new JsonObject();
        try
        {
            var repository = GitRepository.At(application.Text("spec", "source", "repoURL") ?? "", application.Text("spec", "source", "targetRevision"));
            var commit = await repository.CommitAsync(ct);
            if (commit == synced && !automated.Flag("selfHeal"))
            {
                return;
            }

            await ApplyAsync(application, new ManifestFolder(repository, commit), ct);
            patch["sync"] = new JsonObject { ["status"] = "Synced", ["revision"] = commit };
            patch["operationState"] = new JsonObject { ["phase"] = "Succeeded", ["message"] = "successfully synced" };
        }
        catch (Exception e) when (e is GitOpsException or ApiException)
        {
            patch["sync"] = new JsonObject { ["status"] = "OutOfSync" };
            patch["operationState"] = new JsonObject { ["phase"] = "Failed", ["message"] = e.Message };
        }

        await SaveAsync(application, patch, ct);
    }

    private async Task ApplyAsync(JsonObject application, ManifestFolder folder, CancellationToken ct)
    {
        var ns = application.Text("spec", "destination", "namespace") ?? application.Namespace;
        foreach (var item in await folder.ObjectsAsync(application.Text("spec", "source", "path") ?? ".", text => text, ct))
        {
            var metadata = item["metadata"]!;
            metadata["namespace"] ??= ns;
            metadata["annotations"] ??= new JsonObject();
            var group = item.Text("apiVersion")!.Split('/') is [var first, _] ? first : "";
            metadata["annotations"]!["argocd.argoproj.io/tracking-id"] = $"{application.Name}:{group}/{item.Text("kind")}:{item.Namespace}/{item.Name}";
            await _apply.ApplyAsync(item, ns, ct);
        }
    }

    /// <summary>Argo CD's Application has no status subresource.</summary>
    private async Task SaveAsync(JsonObject application, JsonObject status, CancellationToken ct)
    {
        if (!status.All(field => JsonNode.DeepEquals(application.At("status", field.Key), field.Value)))
        {
            status["reconciledAt"] = StatusDraft.Timestamp(clock);
            await api.MergePatchAsync(ResourceType.Applications.Path(application.Namespace, application.Name), new JsonObject { ["status"] = status }, ct);
        }
    }
}
