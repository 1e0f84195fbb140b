using CnpgRestore.Kubernetes;

namespace CnpgRestore.TestServers;

/// <summary>A namespace of one test. Disposing it deletes it and does not wait for that.</summary>
public sealed class KubernetesNamespace(KubernetesServer server, string name) : IAsyncDisposable
{
    public string Name => name;

    public KubernetesServer Server => server;

    /// <summary>The API with this namespace as its default; the caller disposes it.</summary>
    public KubernetesApi Connect() => server.Connect(name);

    /// <summary>Runs kubectl in this namespace to its end, which must be a good one.</summary>
    public async Task<string> KubectlAsync(CancellationToken ct, params string[] arguments) =>
        (await ToolProcess.RunAsync(server.Kubectl(["--namespace", name, .. arguments]), ct)).Succeeded().Output;

    /// <summary>Creates or changes the objects of a YAML text.</summary>
    public async Task ApplyAsync(string yaml, CancellationToken ct) =>
        (await ToolProcess.RunAsync(server.Kubectl("--namespace", name, "apply", "--filename", "-") with { Input = yaml }, ct)).Succeeded();

    /// <summary>Waits until a condition holds, for example <c>Complete</c> of <c>job/load</c>; after a quarter of an hour the test fails.</summary>
    public async Task WaitAsync(string condition, string what, CancellationToken ct) => (await ToolProcess.RunAsync(
        server.Kubectl("--namespace", name, "wait", "--for", $"condition={condition}", what, "--timeout", "900s") with { Timeout = TimeSpan.FromMinutes(16) }, ct)).Succeeded();

    public async ValueTask DisposeAsync() =>
        await ToolProcess.RunAsync(server.Kubectl("delete", "namespace", name, "--wait=false"), CancellationToken.None);
}
