using System.Net;
using System.Net.Sockets;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>Who may do what, and what is said when the API does not answer.</summary>
public sealed class AccessTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_owner_may_and_a_stranger_may_not()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        using var stranger = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = scene.Server.StrangerKubeconfig, Namespace = scene.Namespace });

        Assert.True((await scene.Api.MayAsync("delete", ResourceTypes.Clusters, scene.Namespace, "orders", null, Ct)).Allowed);
        Assert.False((await stranger.MayAsync("delete", ResourceTypes.Clusters, scene.Namespace, "orders", null, Ct)).Allowed);
        Assert.False((await stranger.MayAsync("create", ResourceTypes.Pods, scene.Namespace, null, "exec", Ct)).Allowed);
    }

    [Fact]
    public async Task A_stranger_is_told_what_is_not_allowed_and_how_to_check()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        using var stranger = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = scene.Server.StrangerKubeconfig, Namespace = scene.Namespace });

        var refused = await Assert.ThrowsAsync<RestoreException>(() => stranger.GetAsync(new ObjectReference(ResourceTypes.Secrets, scene.Namespace, "s3"), Ct));

        Assert.Equal(ProblemCode.AccessDenied, refused.Problem.Code);
        Assert.Equal($"Access denied: not allowed to get secrets s3 in namespace {scene.Namespace}", refused.Problem.Message);
        Assert.Contains("User \"", refused.Problem.Detail, StringComparison.Ordinal);
        Assert.Contains($"kubectl auth can-i get secrets -n {scene.Namespace}", refused.Problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_that_the_server_does_not_know_are_access_denied_and_never_shown()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        using var folder = new TemporaryFolder("kubeconfig");
        using var api = Connect(folder, MinimalKubeconfig(scene.Api.Server, token: "wrong-token"));

        var refused = await Assert.ThrowsAsync<RestoreException>(() => api.GetAsync(scene.ConfigMap("a"), Ct));

        Assert.Equal(ProblemCode.AccessDenied, refused.Problem.Code);
        Assert.DoesNotContain("wrong-token", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_down_is_unreachable()
    {
        using var folder = new TemporaryFolder("kubeconfig");
        using var api = Connect(folder, MinimalKubeconfig($"http://127.0.0.1:{FreePort()}"));

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => api.VersionAsync(Ct))).Problem;

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.EndsWith("cannot be reached: Connection refused", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_does_not_resolve_is_unreachable()
    {
        using var folder = new TemporaryFolder("kubeconfig");
        using var api = Connect(folder, MinimalKubeconfig("https://no-such-host.invalid:6443"));

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => api.VersionAsync(Ct))).Problem;

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.EndsWith("the host name does not resolve", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_not_trusted()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        using var folder = new TemporaryFolder("kubeconfig");
        using var api = Connect(folder, MinimalKubeconfig(scene.Api.Server));

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => api.VersionAsync(Ct))).Problem;

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.Equal($"the certificate of {scene.Api.Server} is not trusted", problem.Message);
    }

    private static KubernetesApi Connect(TemporaryFolder folder, string kubeconfig)
    {
        var file = Path.Combine(folder.Path, "kubeconfig");
        File.WriteAllBytes(file, System.Text.Encoding.UTF8.GetBytes(kubeconfig));
        return KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = file, Clock = new HurriedClock(20) });
    }

    private static string MinimalKubeconfig(string server, string? token = null) =>
        $"""
        clusters:
          - name: c
            cluster:
              server: "{server}"
              insecure-skip-tls-verify: {(token is null ? "false" : "true")}
        users:
          - name: u
            user:
              token: "{token}"
        contexts:
          - name: x
            context:
              cluster: c
              user: u
        current-context: x
        """;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
