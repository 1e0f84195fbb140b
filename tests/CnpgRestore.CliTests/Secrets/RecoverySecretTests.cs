using CnpgRestore.CliTests.FromBackup;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Secrets;

/// <summary>The key of the bucket, the token of the API server and the password of the Git remote are read, used, and seen nowhere else.</summary>
public sealed class RecoverySecretTests(TestBed bed)
{
    private const string RemotePassword = "remotePasswordCanary44c1";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_is_in_argv_events_the_record_Git_the_journal_or_the_report()
    {
        var (scene, git) = await GitOpsScene.CreateAsync(bed, Ct);
        await using var _ = scene;
        using var __ = git;
        await scene.FillAsync();
        await using var kubeconfig = await TokenKubeconfig.CreateAsync(scene.Clusters.Namespace, Ct);
        var remote = Path.Combine(scene.Folder, "remote.git");
        await git.GitAsync(Ct, "clone", "--quiet", "--bare", git.Path, remote);
        await git.GitAsync(Ct, "remote", "add", "origin", remote);
        await git.GitAsync(Ct, "fetch", "--quiet", "origin");
        await git.GitAsync(Ct, "branch", "--quiet", "--set-upstream-to", "origin/main");
        // Nobody listens there.
        await git.GitAsync(Ct, "remote", "set-url", "origin", $"http://pusher:{RemotePassword}@127.0.0.1:1/home.git");
        var scan = new SecretScan(S3Server.SecretKey, kubeconfig.Token, RemotePassword)
        {
            // Git gives its own helper the URL as an argument; who minds that keeps the password in a credential helper.
            Allows = (place, text) => place.StartsWith("argv of git", StringComparison.Ordinal) && text.Contains("remote-http", StringComparison.Ordinal),
        };
        var command = scene.Command(
            ["from-backup", RecoveryScene.Cluster, "--yes", "-v", "-f", Path.Combine(git.Path, GitOpsScene.Manifest), "--apply", "git", "--push", "--report", Path.Combine(scene.Folder, "report.html")]);
        command = command with { Environment = new Dictionary<string, string>(command.Environment) { ["KUBECONFIG"] = kubeconfig.Path } };

        var stopped = await scan.RunAsync(command, LookAsync);
        await git.GitAsync(Ct, "remote", "set-url", "origin", remote);
        var result = await scan.RunAsync(command, LookAsync);

        Assert.True(stopped.ExitCode == 20, stopped.Output + stopped.Error);
        Assert.Contains("git push failed", stopped.Error, StringComparison.Ordinal);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        scan.Add("events", await scene.Clusters.Namespace.KubectlAsync(Ct, "get", "events", "-o", "yaml"));
        scan.Add("cluster", await scene.Clusters.Namespace.KubectlAsync(Ct, "get", "cluster", RecoveryScene.Cluster, "-o", "yaml"));
        scan.Add("commits", (await ToolProcess.RunAsync(new ToolCommand("git", ["-C", remote, "log", "--patch", "--all"]), Ct)).Succeeded().Output);
        scan.AddFolder(scene.Folder);
        scan.AssertClean("argv of git", "record", "events", "commits", "stderr of run 1", $"file {scene.State}/runs/", $"file {scene.Folder}/report.html");

        async Task<(string, string)> LookAsync() => (
            "record",
            await scene.Clusters.Namespace.KubectlAsync(Ct, "get", "configmaps,leases", "--field-selector", $"metadata.name=cnpg-restore-{RecoveryScene.Cluster}", "-o", "yaml"));
    }
}
