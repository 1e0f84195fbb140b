using System.Text.Json;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests;

/// <summary><c>manifest</c>, and what every command says of a file with several Clusters.</summary>
public sealed class ManifestTests : IDisposable
{
    private const string Two = """
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: one}
        spec:
          instances: 1
          storage: {size: 1Gi}
          bootstrap: {initdb: {database: app, owner: app}}
          backup: {barmanObjectStore: {destinationPath: "s3://b", s3Credentials: {inheritFromIAMRole: true}}}
        ---
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: two}
        spec:
          instances: 1
          storage: {size: 1Gi}
          bootstrap: {initdb: {database: app, owner: app}}
          backup: {barmanObjectStore: {destinationPath: "s3://b", s3Credentials: {inheritFromIAMRole: true}}}

        """;

    private readonly TemporaryFolder _folder = new("manifest");

    public ManifestTests() => File.WriteAllLines(At("two.yaml"), [Two]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("recovery", "--source", "two-backup")]
    [InlineData("initdb")]
    public async Task The_document_is_yaml_or_json_as_it_is_asked_for(string method, params string[] options)
    {
        string[] command = ["manifest", method, "-f", At("two.yaml"), "--cluster", "two", .. options];

        var json = (await RunAsync([.. command, "-o", "json"])).Succeeded().Output;
        var yaml = (await RunAsync([.. command, "-o", "yaml"])).Succeeded().Output;

        var document = JsonDocument.Parse(json).RootElement;
        Assert.Equal(("two", method), (document.GetProperty("cluster").GetString(), document.GetProperty("bootstrap").GetString()));
        Assert.StartsWith($"---\ncluster: two\nbootstrap: {method}\n", yaml, StringComparison.Ordinal);
        Assert.Contains("\nwritten: false\nfiles:\n- path: ", yaml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("manifest recovery -f {0} --source x", 2, "two.yaml holds 2 Clusters", "add --cluster NAME, one of: one, two")]
    [InlineData("manifest initdb -f {0}", 2, "two.yaml holds 2 Clusters", "add --cluster NAME, one of: one, two")]
    [InlineData("backups list -f {0}", 2, "two.yaml holds 2 Clusters", "add --cluster NAME, one of: one, two")]
    [InlineData("prune x -f {0}", 2, "two.yaml holds 2 Clusters", "add --cluster NAME, one of: one, two")]
    [InlineData("advise -f {0}", 2, "two.yaml holds 2 Clusters", "add CLUSTER, one of: one, two")]
    [InlineData("backups list -f {0} --cluster three", 10, "two.yaml holds no Cluster 'three'", "name one of: one, two")]
    [InlineData("advise three -f {0}", 10, "two.yaml holds no Cluster 'three'", "name one of: one, two")]
    [InlineData("doctor three -f {0}", 10, "two.yaml holds no Cluster 'three'", "name one of: one, two")]
    [InlineData("doctor three -f {1}", 10, "none.yaml holds no Cluster", "name the file that the Cluster is in: -f FILE")]
    [InlineData("manifest initdb -f {1}", 10, "none.yaml holds no Cluster", "name the file that the Cluster is in: -f FILE")]
    [InlineData("backups list -f {1}.gone", 10, "none.yaml.gone does not exist", "name the file that the Cluster is in: -f FILE")]
    [InlineData("manifest recovery -f {0} --cluster two --source two", 15, "'two' would be both", "cnpg-restore manifest recovery -f {0} --cluster two --source two --archive-name two-restored")]
    public async Task A_Cluster_that_is_not_told_is_asked_for_as_the_command_takes_it(string command, int exitCode, string message, string hint)
    {
        await File.WriteAllTextAsync(At("none.yaml"), "kind: ConfigMap\n", Ct);

        var result = await RunAsync([.. Filled(command).Split(' ')]);

        Assert.True(result.ExitCode == exitCode, result.Output + result.Error);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Contains($"hint:   {Filled(hint)}\n", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private string Filled(string text) => text.Replace("{0}", At("two.yaml"), StringComparison.Ordinal).Replace("{1}", At("none.yaml"), StringComparison.Ordinal);

    private static Task<ToolResult> RunAsync(params string[] arguments) => ToolProcess.RunAsync(NativeProgram.Command(arguments), Ct);
}
