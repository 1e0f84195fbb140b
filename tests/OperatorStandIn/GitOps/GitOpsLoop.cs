using System.Text.Json.Nodes;
using CnpgRestore.OperatorStandIn.Kubernetes;

namespace CnpgRestore.OperatorStandIn.GitOps;

/// <summary>Looks at every Kustomization and every Application, each second.</summary>
sealed class GitOpsLoop(KubernetesApi api, TimeProvider clock)
{
    public async Task RunAsync(CancellationToken ct)
    {
        var flux = new FluxReconciler(api, clock);
        var argo = new ArgoReconciler(api, clock);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(ct))
        {
            await EachAsync(ResourceType.Kustomizations, item => flux.ReconcileAsync(item, ct), ct);
            await EachAsync(ResourceType.Applications, item => argo.ReconcileAsync(item, ct), ct);
        }
    }

    private async Task EachAsync(ResourceType type, Func<JsonObject, Task> reconcile, CancellationToken ct)
    {
        try
        {
            var list = await api.FindAsync(type.Path(), ct);
            foreach (var item in list.Items("items"))
            {
                await reconcile(item.AsObject());
            }
        }
        catch (Exception e) when (e is ApiException or HttpRequestException)
        {
            // Say, an object that changed meanwhile; the next second sees it as it is.
            await Console.Error.WriteLineAsync($"{type.Plural}: {e.Message}");
        }
    }
}
