using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>A namespace of its own on the real API server.</summary>
sealed class ApiScene : IAsyncDisposable
{
    private ApiScene(KubernetesApi api, string kubeconfig)
    {
        Api = api;
        Kubeconfig = kubeconfig;
    }

    public KubernetesApi Api { get; }

    public string Kubeconfig { get; }

    public string Stranger => Path.Combine(Path.GetDirectoryName(Kubeconfig)!, "stranger.kubeconfig");

    public string Namespace => Api.Namespace;

    public static async Task<ApiScene> OpenAsync(CancellationToken ct)
    {
        var kubeconfig = TestEnvironment.Kubeconfig;
        Requirement.That(kubeconfig is not null, "no Kubernetes for tests; export CNPG_RESTORE_TEST_KUBECONFIG");
        var ns = $"test-{Guid.NewGuid():n}"[..20];
        var scene = new ApiScene(KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = kubeconfig, Namespace = ns }), kubeconfig!);
        await scene.Api.CreateAsync(ResourceTypes.Namespaces, null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = ns } }, WriteOptions.Default, ct);
        return scene;
    }

    public ObjectReference ConfigMap(string name) => new(ResourceTypes.ConfigMaps, Namespace, name);

    public Task<JsonObject> CreateConfigMapAsync(string name, CancellationToken ct) =>
        Api.CreateAsync(ResourceTypes.ConfigMaps, Namespace, NewConfigMap(name), WriteOptions.Default, ct);

    public static JsonObject NewConfigMap(string name, string value = "1") => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["app"] = "shop" } },
        ["data"] = new JsonObject { ["value"] = value },
    };

    public static JsonObject NewCluster(string name) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["instances"] = 1, ["storage"] = new JsonObject { ["size"] = "1Gi" } },
    };

    public async ValueTask DisposeAsync()
    {
        await Api.DeleteAsync(new ObjectReference(ResourceTypes.Namespaces, null, Namespace), new DeleteOptions(null), CancellationToken.None);
        Api.Dispose();
    }
}
