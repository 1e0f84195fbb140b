using System.Text.Json.Nodes;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Secrets;

/// <summary>A kubeconfig whose user has a token, as those of most people have, instead of the testbed's certificate.</summary>
sealed class TokenKubeconfig : IAsyncDisposable
{
    private readonly KubernetesNamespace _namespace;
    private readonly TemporaryFolder _folder = new("kubeconfig");

    private TokenKubeconfig(KubernetesNamespace ns, string token) => (_namespace, Token) = (ns, token);

    public string Token { get; }

    public string Path => System.IO.Path.Combine(_folder.Path, "config");

    /// <summary>May do everything; the namespace keeps its ServiceAccount.</summary>
    public static async Task<TokenKubeconfig> CreateAsync(KubernetesNamespace ns, CancellationToken ct)
    {
        await ns.KubectlAsync(ct, "create", "serviceaccount", "restorer");
        await ns.KubectlAsync(ct, "create", "clusterrolebinding", BindingOf(ns), "--clusterrole", "cluster-admin", "--serviceaccount", $"{ns.Name}:restorer");
        // kubectl create token came after the Kubernetes of the testbed.
        var request = ns.Server.Kubectl("create", "--raw", $"/api/v1/namespaces/{ns.Name}/serviceaccounts/restorer/token", "--filename", "-") with
        {
            Input = """{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}""",
        };
        var answer = (await ToolProcess.RunAsync(request, ct)).Succeeded().Output;
        var created = new TokenKubeconfig(ns, JsonNode.Parse(answer)!["status"]!["token"]!.GetValue<string>());
        var config = JsonNode.Parse(await ns.KubectlAsync(ct, "config", "view", "--raw", "--output", "json"))!;
        config["users"]![0]!["user"] = new JsonObject { ["token"] = created.Token };
        await File.WriteAllTextAsync(created.Path, config.ToJsonString(), ct);
        return created;
    }

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        await _namespace.KubectlAsync(CancellationToken.None, "delete", "clusterrolebinding", BindingOf(_namespace));
    }

    private static string BindingOf(KubernetesNamespace ns) => $"{ns.Name}-restorer";
}
