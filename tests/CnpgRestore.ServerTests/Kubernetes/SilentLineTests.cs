using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>A line on which nothing comes any more, not even a word that it is broken.</summary>
public sealed class SilentLineTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_falls_silent_while_a_command_runs_is_given_up_in_the_time_of_the_settings()
    {
        using var folder = new TemporaryFolder("silent");
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var accepting = AcceptAsync(server);
        var kubeconfig = Path.Combine(folder.Path, "kubeconfig");
        await File.WriteAllLinesAsync(
            kubeconfig,
            ["current-context: x", "contexts: [{name: x, context: {cluster: c}}]", $"clusters: [{{name: c, cluster: {{server: \"http://{server.LocalEndpoint}\"}}}}]"],
            Ct);
        using var api = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = kubeconfig, PingDelay = TimeSpan.FromSeconds(1), PingTimeout = TimeSpan.FromSeconds(1) });

        // Half of what it would take by default.
        var problem = (await Assert.ThrowsAsync<RestoreException>(
            () => api.ExecAsync("shop", "orders-1", "postgres", ["true"], stdin: null, Ct).WaitAsync(TimeSpan.FromSeconds(22), Ct))).Problem;

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.Contains("broke while a command ran in it", problem.Message, StringComparison.Ordinal);
        (await accepting).Dispose();
    }

    /// <summary>Agrees to speak (RFC 6455, 4.2.2), and says nothing more.</summary>
    private static async Task<TcpClient> AcceptAsync(TcpListener server)
    {
        var client = await server.AcceptTcpClientAsync(Ct);
        using var reader = new StreamReader(client.GetStream(), leaveOpen: true);
        var key = "";
        while (await reader.ReadLineAsync(Ct) is { Length: > 0 } line)
        {
            key = line.StartsWith("Sec-WebSocket-Key: ", StringComparison.OrdinalIgnoreCase) ? line.Split(' ')[1] : key;
        }

#pragma warning disable CA5350 // The protocol asks for it.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes($"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        var answer = $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), Ct);
        return client;
    }
}
