using CnpgRestore.TestServers;

namespace CnpgRestore.CliTests.FromBackup;

/// <summary>Owners other than a Kustomization of Flux.</summary>
public sealed class ArgoTests(TestBed bed)
{
    private const string File = "database/cluster.yaml";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_Argo_CD_that_heals_itself_is_stopped_for_the_time_of_the_run_and_goes_on_with_the_recovery()
    {
        using var git = await GitFolder.CreateAsync(Ct);
        await using var scene = await RecoveryScene.CreateAsync(bed, async manifests =>
        {
            await git.CommitAsync(File, manifests.Initdb(RecoveryScene.Cluster, RecoveryScene.Cluster), Ct);
            return Application(git);
        });
        await scene.FillAsync();

        var result = await scene.RecoverAsync("-f", Path.Combine(git.Path, File), "--apply", "git");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("1 suspended", result.Error, StringComparison.Ordinal);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
        var uid = await scene.UidAsync();
        var head = (await git.GitAsync(Ct, "rev-parse", "HEAD")).Trim();
        var application = await scene.Clusters.UntilAsync("application/database", item => item!["status"]!["sync"]!["revision"]!.GetValue<string>() == head, Ct);
        Assert.True(application!["spec"]!["syncPolicy"]!["automated"]!["selfHeal"]!.GetValue<bool>());
        Assert.Equal(uid, await scene.UidAsync());
        await scene.AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_Cluster_of_a_Helm_chart_has_its_HelmRelease_suspended_until_Git_holds_the_new_names()
    {
        await using var scene = await RecoveryScene.CreateAsync(bed, manifests => Task.FromResult($$"""
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata: { name: database }
            spec: { interval: 1m, chart: { spec: { chart: cluster, sourceRef: { kind: HelmRepository, name: cnpg } } } }
            ---
            {{manifests.Initdb(RecoveryScene.Cluster, RecoveryScene.Cluster)}}
            """));
        await scene.FillAsync();
        await scene.Clusters.Namespace.KubectlAsync(
            Ct, "label", "cluster", RecoveryScene.Cluster, "helm.toolkit.fluxcd.io/name=database", $"helm.toolkit.fluxcd.io/namespace={scene.Namespace}");

        var result = await scene.RecoverAsync("--lineage", "new");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("GitOps stays suspended", result.Error + result.Output, StringComparison.Ordinal);
        Assert.True((await scene.Clusters.FindAsync("helmrelease/database", Ct))!["spec"]!["suspend"]!.GetValue<bool>());
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());

        var again = await scene.RecoverAsync("--lineage", "move");

        Assert.True(again.ExitCode == 0, again.Output + again.Error);
        Assert.Equal($"{RecoveryScene.Rows}", await scene.CountAsync());
    }

    private static string Application(GitFolder git) => $$"""
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: { name: database }
        spec:
          project: default
          source: { repoURL: "{{git.Url}}", targetRevision: main, path: database }
          destination: { server: https://kubernetes.default.svc }
          syncPolicy: { automated: { selfHeal: true } }
        """;
}
