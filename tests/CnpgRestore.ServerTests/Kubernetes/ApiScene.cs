using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>A namespace of its own on the real API server.</summary>
sealed class ApiScene : IAsyncDisposable
{
    private readonly KubernetesNamespace _namespace;

    private ApiScene(KubernetesNamespace ns)
    {
        _namespace = ns;
        Api = ns.Connect();
    }

    public KubernetesApi Api { get; }

    public KubernetesServer Server => _namespace.Server;

    public string Namespace => _namespace.Name;

    public static async Task<ApiScene> OpenAsync(TestBed bed, CancellationToken ct) =>
        new(await (await bed.KubernetesApiAsync(ct)).CreateNamespaceAsync(ct));

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
        Api.Dispose();
        await _namespace.DisposeAsync();
    }
}
