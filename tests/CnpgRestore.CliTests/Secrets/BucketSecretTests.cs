using CnpgRestore.CliTests.Prune;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Secrets;

/// <summary>The key of the bucket, a right one and a wrong one, and what rename, prune, backups and drill do with it.</summary>
public sealed class BucketSecretTests(TestBed bed)
{
    private const string WrongKey = "wrongKeyCanary7f3a";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-v")]
    [InlineData("-o", "json")]
    [InlineData("-o", "yaml", "-v", Explicit = true)]
    public async Task No_key_is_in_what_rename_and_prune_show_and_leave(params string[] output)
    {
        await using var scene = await PruneScene.CreateAsync(bed, strays: 0);
        var scan = new SecretScan(S3Server.SecretKey, WrongKey);
        var prune = scene.Command(scene.State, [.. PruneScene.Consents, .. output]);
        var wrong = new Dictionary<string, string>(prune.Environment) { ["AWS_SECRET_ACCESS_KEY"] = WrongKey };
        string[] rename = ["rename", $"{PruneScene.Old}-2", "moved", "-r", "--yes", .. output];

        var results = new List<ToolResult>();
        foreach (var arguments in (string[][])[rename, ["backups", "list", "--server", PruneScene.New, .. output], ["backups", "check", "--server", PruneScene.New, .. output], prune.Arguments])
        {
            results.Add(await scan.RunAsync(prune with { Arguments = arguments, Environment = wrong }));
            results.Add(await scan.RunAsync(prune with { Arguments = arguments }));
        }

        Assert.Equal([12, 0, 12, 0, 12, 0, 12, 0], results.Select(result => result.ExitCode));
        scan.AddFolder(scene.State);
        scan.AssertClean("argv of cnpg-restore", "stdout of run 8", "stderr of run 7", $"file {scene.State}/runs/", $"file {scene.State}/locks/");
    }

    [Fact]
    public async Task No_key_is_in_a_drill_its_PostgreSQL_or_its_report()
    {
        var story = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        var s3 = await bed.S3Async(Ct);
        using var folder = new TemporaryFolder("drill-secrets");
        await PostgresUser.OwnAsync(folder.Path, Ct);
        var scan = new SecretScan(S3Server.SecretKey, WrongKey);

        var right = await scan.RunAsync(Drill(S3Server.SecretKey, "right", "-v"));
        var json = await scan.RunAsync(Drill(S3Server.SecretKey, "json", "-o", "json"));
        var wrong = await scan.RunAsync(Drill(WrongKey, "wrong", "-v"));

        Assert.Equal((0, 0, 12), (right.ExitCode, json.ExitCode, wrong.ExitCode));
        scan.AddFolder(folder.Path);
        scan.AssertClean("argv of cnpg-restore", "argv of postgres", "stdout of run 2", $"file {folder.Path}/right.html", $"file {folder.Path}/right/pgdata/");

        ToolCommand Drill(string key, string name, params string[] options) => PostgresUser.Command(
            NativeProgram.Path,
            ["drill", "--server", story.Folder.Prefix.TrimEnd('/'), "-b", $"s3://{story.Folder.Bucket}", "-e", s3.Endpoint, "--to", Path.Combine(folder.Path, name), "--keep",
             "--report", Path.Combine(folder.Path, $"{name}.html"), .. options]) with
        {
            Environment = new Dictionary<string, string>(S3Server.ClientEnvironment) { ["AWS_SECRET_ACCESS_KEY"] = key, ["HOME"] = folder.Path },
        };
    }
}
