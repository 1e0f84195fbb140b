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

    /// <inheritdoc cref="KubernetesNamespace.ApplyAsync"/>
    public Task ApplyAsync(string yaml, CancellationToken ct) => _namespace.ApplyAsync(yaml, ct);

    /// <inheritdoc cref="KubernetesNamespace.KubectlAsync"/>
    public Task<string> KubectlAsync(CancellationToken ct, params string[] arguments) => _namespace.KubectlAsync(ct, arguments);

    public ObjectReference ConfigMap(string name) => new(ResourceTypes.ConfigMaps, Namespace, name);

    public Task<JsonObject> CreateConfigMapAsync(string name, CancellationToken ct) =>
        Api.CreateAsync(ResourceTypes.ConfigMaps, Namespace, NewConfigMap(name), WriteOptions.Default, ct);

    /// <summary>As a controller would make it, which is not here: nor is the one that gives a namespace its account.</summary>
    public async Task<JsonObject> CreatePodAsync(JsonObject pod, CancellationToken ct)
    {
        await Api.ApplyAsync(ResourceTypes.ServiceAccounts, Namespace, new JsonObject { ["metadata"] = new JsonObject { ["name"] = "default" } }, WriteOptions.Default, ct);
        return await Api.CreateAsync(ResourceTypes.Pods, Namespace, pod, WriteOptions.Default, ct);
    }

    /// <summary>Writes what only controllers write.</summary>
    public async Task WriteStatusAsync(ObjectReference reference, JsonNode status, CancellationToken ct)
    {
        var item = await Api.GetAsync(reference, ct);
        item["status"] = status;
        var path = $"/{(reference.Type.Group.Length == 0 ? "api" : "apis")}/{reference.Type.ApiVersion}/namespaces/{reference.Namespace}/{reference.Type.Plural}/{reference.Name}/status";
        (await ToolProcess.RunAsync(Server.Kubectl("replace", "--raw", path, "--filename", "-") with { Input = item.ToJsonString() }, ct)).Succeeded();
    }

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
