namespace CnpgRestore.TestServers;

/// <summary>
/// The stand-in for the CloudNativePG operator, for Flux and for Argo CD (<c>tests/OperatorStandIn</c>), a process of its own beside a node.
/// It serves all namespaces, and ends with this process, however that ends.
/// </summary>
public sealed class OperatorStandIn : IAsyncDisposable
{
    private readonly ToolProcess _process;
    private readonly TemporaryFolder _folder;

    private OperatorStandIn(ToolProcess process, TemporaryFolder folder)
    {
        _process = process;
        _folder = folder;
    }

    /// <summary>What it has said so far.</summary>
    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => Path.Combine(_folder.Path, "log");

    private static string Program => Path.Combine(TestEnvironment.Repository, "artifacts", "bin", "OperatorStandIn", "debug", "OperatorStandIn");

    public static async Task<OperatorStandIn> StartAsync(KubernetesServer kubernetes, CancellationToken ct)
    {
        Requirement.That(IsBuilt(), "tests/OperatorStandIn is not built, or older than its sources; run: dotnet build tests/OperatorStandIn");
        var folder = new TemporaryFolder("operator");
        var log = Path.Combine(folder.Path, "log");
        var process = ToolProcess.Start(new ToolCommand("bash", "-c", """exec "$@" >"$0" 2>&1""", log, Program,
            "--kubeconfig", kubernetes.Kubeconfig, "--address", kubernetes.HostAddress, "--owner", $"{Environment.ProcessId}"));
        var operatorStandIn = new OperatorStandIn(process, folder);
        await operatorStandIn.ReadyAsync(ct);
        return operatorStandIn;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await _process.SignalAsync("TERM", CancellationToken.None);
            await _process.WaitAsync(CancellationToken.None);
        }

        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task ReadyAsync(CancellationToken ct)
    {
        var deadline = Task.Delay(TimeSpan.FromMinutes(2), ct);
        while (!Log.Contains("ready\n", StringComparison.Ordinal))
        {
            if (deadline.IsCompleted || _process.HasExited)
            {
                var log = Log;
                await DisposeAsync();
                throw new InvalidOperationException($"the stand-in for the operator did not start\n{log}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
        }
    }

    private static bool IsBuilt()
    {
        var sources = Path.Combine(TestEnvironment.Repository, "tests", "OperatorStandIn");
        var changed = Directory.EnumerateFiles(sources, "*", SearchOption.AllDirectories).Where(file => file.EndsWith(".cs", StringComparison.Ordinal)
            || file.EndsWith(".py", StringComparison.Ordinal)).Max(File.GetLastWriteTimeUtc);
        return File.Exists(Program) && File.GetLastWriteTimeUtc(Path.ChangeExtension(Program, "dll")) > changed;
    }
}
