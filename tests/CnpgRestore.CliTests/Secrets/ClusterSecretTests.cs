using System.Text;
using CnpgRestore.CliTests.Apps;
using CnpgRestore.CliTests.FromDump;
using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.Secrets;

/// <summary>The token of the API server and the passwords in the Cluster's Secrets, while applications are stopped and a dump is loaded.</summary>
public sealed class ClusterSecretTests(TestBed bed)
{
    private const string WrongToken = "wrongTokenCanaryb07f";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false, Explicit = true)]
    public async Task No_secret_is_in_what_apps_and_from_dump_show_and_leave(bool withSuperuser)
    {
        await using var scene = await (withSuperuser ? AppsScene.CreateWithSuperuserAsync(bed) : AppsScene.CreateAsync(bed));
        var dump = await ClusterDump.MakeAsync(scene);
        await ClusterDump.SpoilAsync(scene);
        await scene.StartAppsAsync();
        var passwords = new List<string> { await PasswordAsync(scene, "orders-app") };
        if (withSuperuser)
        {
            passwords.Add(await PasswordAsync(scene, "orders-superuser"));
        }

        await using var kubeconfig = await TokenKubeconfig.CreateAsync(scene.Home, Ct);
        var scan = new SecretScan([kubeconfig.Token, WrongToken, S3Server.SecretKey, .. passwords]);
        var wrong = Path.Combine(scene.Folder, "wrong-kubeconfig");
        await File.WriteAllTextAsync(wrong, (await File.ReadAllTextAsync(kubeconfig.Path, Ct)).Replace(kubeconfig.Token, WrongToken, StringComparison.Ordinal), Ct);

        var refused = await scan.RunAsync(Command(wrong, "apps", "stop", AppsScene.Cluster, "--yes", "-v"));
        var listed = await scan.RunAsync(Command(kubeconfig.Path, "apps", "list", AppsScene.Cluster, "-o", "yaml", "-v"));
        var restored = await scan.RunAsync(Command(kubeconfig.Path, "from-dump", AppsScene.Cluster, "--local", dump, "--yes", "-v", "-o", "json"), LookAsync);
        var stopped = await scan.RunAsync(Command(kubeconfig.Path, "apps", "stop", AppsScene.Cluster, "--yes", "-v"), LookAsync);
        var started = await scan.RunAsync(Command(kubeconfig.Path, "apps", "start", AppsScene.Cluster, "--yes", "-o", "json"));

        Assert.True(refused.ExitCode == 12, refused.Output + refused.Error);
        Assert.All([listed, restored, stopped, started], result => Assert.True(result.ExitCode == 0, result.Command + result.Output + result.Error));
        scan.Add("events", await scene.Home.KubectlAsync(Ct, "get", "events", "-o", "yaml"));
        scan.AddFolder(scene.Folder, "wrong-kubeconfig");
        scan.AssertClean("argv of cnpg-restore", "workloads", "events", "stderr of run 1", "stdout of run 3", $"file {scene.Folder}/state/runs/");

        ToolCommand Command(string config, params string[] arguments) => scene.Command(arguments, kubeconfig: config);

        async Task<(string, string)> LookAsync() => (
            "workloads",
            // The api has its URL as a literal of its own, in the other namespace.
            await scene.Home.KubectlAsync(Ct, "get", "leases,configmaps,deployments,statefulsets,cronjobs", "-o", "yaml"));
    }

    private static async Task<string> PasswordAsync(AppsScene scene, string secret) =>
        Encoding.UTF8.GetString(Convert.FromBase64String((await scene.Clusters.FindAsync($"secret/{secret}", Ct))!["data"]!["password"]!.GetValue<string>()));
}
