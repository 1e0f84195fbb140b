using System.Globalization;
using CnpgRestore.Kubernetes;

namespace CnpgRestore.TestServers;

/// <summary>
/// A real Kubernetes of its own, started by <c>testbed/kubernetes.sh</c>: a whole node, or its API server alone. It ends with this process,
/// however that ends. CloudNativePG's, Flux's and Argo CD's custom resources are defined; their controllers are not there.
/// </summary>
public sealed class KubernetesServer : IAsyncDisposable
{
    private const int MostStarts = 30;

    private readonly string _folder;
    private readonly bool _isOurs;
    private ToolProcess? _restarted;

    private KubernetesServer(string folder, bool isOurs)
    {
        _folder = folder;
        _isOurs = isOurs;
        HostAddress = File.ReadAllText(Path.Combine(folder, "host")).Trim();
    }

    /// <summary>May do everything.</summary>
    public string Kubeconfig => Path.Combine(_folder, "kubeconfig");

    /// <summary>Is known to the server and may do nothing.</summary>
    public string StrangerKubeconfig => Path.Combine(_folder, "stranger.kubeconfig");

    /// <summary>The address at which pods, and this machine, reach what listens on this machine's 127.0.0.1; for example 10.199.0.1.</summary>
    public string HostAddress { get; }

    /// <summary>For pods: PostgreSQL 15, barman-cloud-*, a shell; user postgres is 26. There is no registry: <c>imagePullPolicy: Never</c>.</summary>
    public static string Image => "localhost/postgres-barman:15";

    private static string Script => Path.Combine(TestEnvironment.Repository, "testbed", "kubernetes.sh");

    /// <summary>API server, controllers, kubelet and containers.</summary>
    public static Task<KubernetesServer> StartNodeAsync(CancellationToken ct) => TestEnvironment.KubernetesFolder is { } running
        ? Task.FromResult(new KubernetesServer(running, isOurs: false))
        : StartAsync("start", ct);

    /// <summary>The API server alone, without controllers: it stores and checks objects, and nothing happens to them.</summary>
    public static Task<KubernetesServer> StartApiAsync(CancellationToken ct) => StartAsync("api", ct);

    /// <summary>The address by which a pod, and this machine, reaches a server of this machine: <c>http://127.0.0.1:23329</c> becomes <c>http://10.199.0.1:23329</c>.</summary>
    public string ForPods(string endpoint) => new UriBuilder(endpoint) { Host = HostAddress }.Uri.GetLeftPart(UriPartial.Authority);

    /// <summary>A new namespace; disposing it deletes it with everything in it.</summary>
    public async Task<KubernetesNamespace> CreateNamespaceAsync(CancellationToken ct)
    {
        var created = new KubernetesNamespace(this, $"test-{Guid.NewGuid():N}"[..20]);
        (await RunAsync(Kubectl("create", "namespace", created.Name), ct)).Succeeded();
        return created;
    }

    /// <summary>kubectl as the administrator.</summary>
    public ToolCommand Kubectl(params string[] arguments) =>
        new(Path.Combine(_folder, "bin", "kubectl"), ["--kubeconfig", Kubeconfig, "--cache-dir", Path.Combine(_folder, "cache"), .. arguments]);

    public KubernetesApi Connect(string? ns = null) => KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = Kubeconfig, Namespace = ns });

    /// <summary>Kills the API server and starts it again, on the same objects; for a server of the test's own. Returns when it answers.</summary>
    public async Task RestartApiAsync(CancellationToken ct)
    {
        var (process, command) = Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _))
            .Select(folder => (Process: folder, Command: CommandLineOf(folder)))
            .Single(found => found.Command[0].EndsWith("/kube-apiserver", StringComparison.Ordinal) && found.Command.Any(word => word.StartsWith(_folder, StringComparison.Ordinal)));
        (await RunAsync(new ToolCommand("bash", "-c", $"kill -KILL {Path.GetFileName(process)}"), ct)).Succeeded();
        while (CommandLineOf(process)[0].Length > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), ct);
        }

        _restarted = ToolProcess.Start(new ToolCommand(command[0], command[1..]));
        var attempts = 1;
        while ((await RunAsync(Kubectl("get", "--raw", "/readyz"), ct)).ExitCode != 0)
        {
            if (!_restarted.HasExited)
            {
                continue;
            }

            // Somebody's connection may have taken the port for its own end meanwhile.
            var ended = await _restarted.WaitAsync(ct);
            if (!ended.Error.Contains("address already in use", StringComparison.Ordinal) || attempts++ == MostStarts)
            {
                throw new InvalidOperationException(ended.Error);
            }

            await Task.Delay(TimeSpan.FromSeconds(1), ct);
            await _restarted.DisposeAsync();
            _restarted = ToolProcess.Start(new ToolCommand(command[0], command[1..]));
        }
    }

    /// <summary>One more image for pods: PostgreSQL's, with a program of this machine in it.</summary>
    public async Task AddImageAsync(string name, string program, CancellationToken ct) =>
        (await RunAsync(new ToolCommand(Script, "image", _folder, name, program), ct)).Succeeded();

    public async ValueTask DisposeAsync()
    {
        if (_restarted is not null)
        {
            await _restarted.DisposeAsync();
        }

        if (_isOurs)
        {
            await RunAsync(new ToolCommand(Script, "stop", _folder), CancellationToken.None);
        }
    }

    /// <summary>One empty word where the process is gone.</summary>
    private static string[] CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).TrimEnd('\0').Split('\0');
        }
        catch (IOException)
        {
            return [""];
        }
    }

    private static async Task<KubernetesServer> StartAsync(string action, CancellationToken ct)
    {
        var possible = await RunAsync(new ToolCommand(Script, "check", action), ct);
        Requirement.That(possible.ExitCode == 0, possible.Error.Trim());
        var folder = $"/var/tmp/cnpg-restore-kubernetes-{Path.GetRandomFileName()}";
        // Ten seconds, but for a machine that is busy with other things.
        var start = new ToolCommand(Script, action, folder, $"{Environment.ProcessId}") { Timeout = TimeSpan.FromMinutes(5) };
        (await RunAsync(start, ct)).Succeeded();
        return new KubernetesServer(folder, isOurs: true);
    }

    private static Task<ToolResult> RunAsync(ToolCommand command, CancellationToken ct) => ToolProcess.RunAsync(command, ct);
}
