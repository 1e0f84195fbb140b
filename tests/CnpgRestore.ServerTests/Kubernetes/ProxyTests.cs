using System.Net;
using System.Net.Sockets;
using System.Text;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>The API server is reached through the proxy that the kubeconfig names, and by no other way.</summary>
public sealed class ProxyTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_and_watches_go_through_the_proxy_of_the_kubeconfig()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var server = scene.Server;
        using var folder = new TemporaryFolder("proxy");
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var tunnels = TunnelsAsync(proxy);
        var kubeconfig = Path.Combine(folder.Path, "kubeconfig");
        var text = await File.ReadAllTextAsync(server.Kubeconfig, Ct);
        await File.WriteAllTextAsync(kubeconfig, text.Replace("cluster: {server: ", $"cluster: {{proxy-url: \"http://{proxy.LocalEndpoint}\", server: ", StringComparison.Ordinal), Ct);
        using (var api = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = kubeconfig, Clock = TimeProvider.System }))
        {
            Assert.Null(await api.FindAsync(new ObjectReference(ResourceTypes.Secrets, "default", "nothing"), Ct));
            var found = Assert.Single(await api.ListAsync(ResourceTypes.Services, "default", ListSelector.All, Ct).ToListAsync(Ct));
            Assert.Equal("kubernetes", found["metadata"]!["name"]!.GetValue<string>());
            await scene.CreateConfigMapAsync("a", Ct);
            await using var watch = api.WatchAsync(ResourceTypes.ConfigMaps, scene.Namespace, new ListSelector("app=shop"), Ct).GetAsyncEnumerator(Ct);
            Assert.Equal("Added a", await NextAsync(watch));
            await scene.Api.DeleteAsync(scene.ConfigMap("a"), new DeleteOptions(null), Ct);
            Assert.Equal("Deleted a", await NextAsync(watch));
        }

        proxy.Stop();

        var connects = await tunnels;
        Assert.NotEmpty(connects);
        Assert.All(connects, line => Assert.StartsWith($"CONNECT {new Uri(server.Connect().Server).Authority} ", line, StringComparison.Ordinal));
        using var without = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = kubeconfig, Clock = TimeProvider.System });
        var refused = await Assert.ThrowsAsync<RestoreException>(() => without.FindAsync(new ObjectReference(ResourceTypes.Secrets, "default", "nothing"), Ct));
        Assert.Equal(ProblemCode.Unreachable, refused.Problem.Code);
    }

    private static async Task<string> NextAsync(IAsyncEnumerator<WatchEvent> watch)
    {
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(2), Ct));
        return $"{watch.Current.Type} {watch.Current.Object["metadata"]!["name"]}";
    }

    /// <summary>First lines of what clients asked for; each connection is joined with the server's.</summary>
    private static async Task<List<string>> TunnelsAsync(TcpListener proxy)
    {
        var asked = new List<string>();
        var joined = new List<Task>();
        try
        {
            while (true)
            {
                var client = await proxy.AcceptTcpClientAsync(Ct);
                var line = await HeadAsync(client.GetStream());
                asked.Add(line);
                joined.Add(JoinAsync(client, line.Split(' ')[1].Split(':')));
            }
        }
        catch (SocketException)
        {
            // The listener has been stopped.
        }

        await Task.WhenAll(joined);
        return asked;
    }

    private static async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, Ct);
            head.Append((char)one[0]);
        }

        return head.ToString().Split("\r\n")[0];
    }

    private static async Task JoinAsync(TcpClient client, string[] place)
    {
        using var near = client;
        using var far = new TcpClient();
        await far.ConnectAsync(place[0], int.Parse(place[1], System.Globalization.CultureInfo.InvariantCulture), Ct);
        await near.GetStream().WriteAsync("HTTP/1.1 200 Connected\r\n\r\n"u8.ToArray(), Ct);
        await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), Ct), far.GetStream().CopyToAsync(near.GetStream(), Ct));
    }
}
