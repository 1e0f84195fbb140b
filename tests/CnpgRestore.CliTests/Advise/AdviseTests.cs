using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Advise;

/// <summary><c>cnpg-restore advise</c> as a person runs it whose Kubernetes is gone: a bucket, a folder of dumps, and nothing else.</summary>
public sealed class AdviseTests(TestBed bed) : IDisposable
{
    private readonly TemporaryFolder _folder = new("advise");
    private readonly DumpShare _dumps = new();
    private readonly TcpListener _kubernetes = new(IPAddress.Loopback, 0);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_recommendation_comes_first_and_Kubernetes_is_not_asked()
    {
        var (bucket, endpoint) = await StoryAsync();
        await _dumps.AddAsync(await bed.PostgresAsync(Ct), "app", TimeSpan.FromDays(1), Ct);

        var result = await RunAsync("advise", "-b", bucket, "-e", endpoint, "--server", "postgres-v17", "--dumps", _dumps.Path);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.StartsWith("Recommended: from-backup, in about ", result.Output, StringComparison.Ordinal);
        Assert.Contains("Lost is at most what was committed from ", result.Output, StringComparison.Ordinal);
        Assert.Contains("Kubernetes  not asked: no CLUSTER is named", result.Output, StringComparison.Ordinal);
        Assert.Contains($"  cnpg-restore drill --server postgres-v17 -b {bucket} -e {endpoint}\n", result.Output, StringComparison.Ordinal);
        Assert.Contains($"  cnpg-restore from-dump --local {_dumps.Path} --to postgres://postgres@localhost:5432/app\n", result.Output, StringComparison.Ordinal);
        // One screen.
        Assert.InRange(result.Output.Split('\n').Length, 10, 40);
        Assert.False(_kubernetes.Pending(), "somebody asked the API server");
        Assert.DoesNotContain(S3Server.SecretKey, result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_drill_that_is_advised_is_one_that_runs()
    {
        var (bucket, endpoint) = await StoryAsync();
        var result = await RunAsync("advise", "-b", bucket, "-e", endpoint, "--server", "postgres-v17", "-o", "json");
        var command = JsonDocument.Parse(result.Output).RootElement.GetProperty("ways")[0].GetProperty("commands")[0].GetProperty("command").GetString()!;

        // As postgres, which may run a server.
        var drill = await ToolProcess.RunAsync(
            PostgresUser.Command(NativeProgram.Path, [.. command.Split(' ').Skip(1)]) with { Environment = S3Server.ClientEnvironment }, Ct);

        Assert.True(drill.ExitCode == 0, drill.Error);
    }

    [Fact]
    public async Task Json_has_the_same_with_stable_names()
    {
        var (bucket, endpoint) = await StoryAsync();
        await _dumps.AddAsync(await bed.PostgresAsync(Ct), "app", TimeSpan.FromDays(1), Ct);

        var result = await RunAsync("advise", "-b", bucket, "-e", endpoint, "--server", "postgres-v17", "--dumps", _dumps.Path, "-o", "json");

        Assert.True(result.ExitCode == 0, result.Error);
        var advice = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(("from-backup", "from-dump", true), (advice.GetProperty("recommended").GetString(), advice.GetProperty("runner_up").GetString(), advice.GetProperty("restore_needed").GetBoolean()));
        var ways = advice.GetProperty("ways").EnumerateArray().ToList();
        Assert.All(ways, way =>
        {
            Assert.True(way.GetProperty("possible").GetBoolean());
            Assert.True(way.GetProperty("data_loss").GetProperty("seconds").GetInt64() > 0);
            Assert.True(way.GetProperty("duration_seconds").GetInt64() > 0);
            Assert.NotEmpty(way.GetProperty("commands").EnumerateArray());
        });
        Assert.Equal(15, advice.GetProperty("rules").GetArrayLength());
        Assert.Equal("new", advice.GetProperty("lineage").GetProperty("lineage").GetString());
        Assert.Equal("read", advice.GetProperty("bucket").GetProperty("stage").GetString());
        Assert.True(advice.GetProperty("dumps").GetProperty("proven").GetBoolean());
    }

    [Fact]
    public async Task Exit_codes_tell_whether_there_is_a_way()
    {
        var (bucket, _) = await StoryAsync();
        await _dumps.AddAsync(await bed.PostgresAsync(Ct), "app", TimeSpan.FromDays(1), Ct);

        var down = await RunAsync("advise", "-b", bucket, "-e", "http://127.0.0.1:1", "--server", "postgres-v17", "--dumps", _dumps.Path);
        var none = await RunAsync("advise", "-b", bucket, "-e", "http://127.0.0.1:1", "--server", "postgres-v17", "-o", "json");
        var nothing = await RunAsync("advise");

        Assert.Equal((0, 10, 2), (down.ExitCode, none.ExitCode, nothing.ExitCode));
        Assert.StartsWith("Recommended: from-dump", down.Output, StringComparison.Ordinal);
        Assert.Contains("yes  S3 is unavailable (network issues, outage): ", down.Output, StringComparison.Ordinal);
        Assert.False(JsonDocument.Parse(none.Output).RootElement.TryGetProperty("recommended", out _));
    }

    [Fact]
    public async Task What_the_manifest_itself_forbids_is_told_before_the_command_refuses()
    {
        var (bucket, endpoint) = await StoryAsync();
        var manifest = Path.Combine(_folder.Path, "cluster.yaml");
        await File.WriteAllTextAsync(manifest, $$"""
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: postgres-v17}
            spec:
              imageName: ghcr.io/cloudnative-pg/postgresql:15
              replica: {enabled: true, source: east}
              storage: {size: "${SIZE}"}
              backup: {barmanObjectStore: {destinationPath: "{{bucket}}", endpointURL: "{{endpoint}}"} }
            """, Ct);

        var result = await RunAsync("advise", "-f", manifest, "-b", bucket, "-e", endpoint);

        Assert.True(result.ExitCode == 0, result.Error);
        var told = string.Join(' ', result.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("first: cluster postgres-v17 is a replica of east: nothing can be restored into it: restore east instead", told, StringComparison.Ordinal);
        Assert.Contains("${SIZE}", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_API_server_that_hangs_holds_nothing_up_for_longer_than_asked()
    {
        var (bucket, endpoint) = await StoryAsync();

        var result = await RunAsync("advise", "postgres-v17", "-b", bucket, "-e", endpoint, "--server", "postgres-v17", "--timeout", "8s", "-o", "json");

        Assert.True(result.ExitCode == 0, result.Error);
        var advice = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal("from-backup", advice.GetProperty("recommended").GetString());
        Assert.Contains("did not answer everything within 8 s", advice.GetProperty("kubernetes").GetProperty("problem").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.True(_kubernetes.Pending());
    }

    public void Dispose()
    {
        _kubernetes.Dispose();
        _dumps.Dispose();
        _folder.Dispose();
    }

    private async Task<(string Bucket, string Endpoint)> StoryAsync()
    {
        // It takes connections and never says a word.
        _kubernetes.Start();
        return ($"s3://{(await bed.StoryAsync(BarmanCompression.Gzip, Ct)).Folder.Bucket}", (await bed.S3Async(Ct)).Endpoint);
    }

    private Task<ToolResult> RunAsync(params string[] arguments) => ToolProcess.RunAsync(NativeProgram.Command(arguments) with { Environment = Environment() }, Ct);

    private Dictionary<string, string> Environment()
    {
        var kubeconfig = Path.Combine(_folder.Path, "kubeconfig");
        if (_kubernetes.Server.IsBound && !File.Exists(kubeconfig))
        {
            File.WriteAllLines(kubeconfig,
            [
                "apiVersion: v1", "kind: Config", "current-context: a", "contexts: [{name: a, context: {cluster: a, user: a}}]",
                $"clusters: [{{name: a, cluster: {{server: \"http://{_kubernetes.LocalEndpoint}\"}}}}]", "users: [{name: a, user: {}}]",
            ]);
        }

        return new Dictionary<string, string>(S3Server.ClientEnvironment) { ["HOME"] = _folder.Path, ["KUBECONFIG"] = kubeconfig, ["CNPG_RESTORE_STATE"] = Path.Combine(_folder.Path, "state") };
    }
}
