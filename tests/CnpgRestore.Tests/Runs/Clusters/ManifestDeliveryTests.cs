using CnpgRestore.Manifests;
using CnpgRestore.Plans;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Runs.Clusters;

namespace CnpgRestore.Tests.Runs.Clusters;

/// <summary>What a run commits is its own: a neighbour of the manifest may hold somebody's unfinished work.</summary>
public sealed class ManifestDeliveryTests : IDisposable
{
    private readonly GitHome _git = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_neighbour_that_was_only_read_is_not_committed()
    {
        var cluster = await CommitAsync("shop");
        var store = _git.Write("store.yaml", $"{await File.ReadAllTextAsync(Path.Combine(_git.Path, "store.yaml"), Ct)}# unfinished\n");

        var outcome = await new ManifestDelivery(Decide(cluster)).WriteAsync(Ct);

        Assert.Contains("; commit ", outcome, StringComparison.Ordinal);
        Assert.Equal("M store.yaml", (await _git.RunAsync(Ct, "status", "--porcelain")).Trim());
        Assert.Equal("cluster.yaml", (await _git.RunAsync(Ct, "show", "--name-only", "--format=", "HEAD")).Trim());
        Assert.EndsWith("# unfinished\n", await File.ReadAllTextAsync(store, Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_neighbour_that_is_edited_is_committed_also_by_a_run_that_was_killed_in_between()
    {
        var cluster = await CommitAsync("${CLUSTER}");
        var decision = Decide(cluster);
        Assert.Equal([Path.Combine(_git.Path, "ks.yaml")], decision.Edited!.Except(decision.Files));
        var set = ManifestFiles.Read(decision.Files);
        decision.Edit(set);
        foreach (var file in set.Files.Where(file => file.IsChanged))
        {
            await ManifestFiles.WriteAsync(file, Ct);
        }

        await new ManifestDelivery(decision).WriteAsync(Ct);

        Assert.Equal("", await _git.RunAsync(Ct, "status", "--porcelain"));
        Assert.Contains("CLUSTER: shop-2", await _git.RunAsync(Ct, "show", "HEAD:ks.yaml"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ks.yaml", 1)]
    [InlineData("store.yaml", 0)]
    public async Task A_neighbour_that_would_be_edited_and_is_being_worked_on_is_told_first(string touched, int count)
    {
        var cluster = await CommitAsync("${CLUSTER}");
        _git.Write(touched, $"{await File.ReadAllTextAsync(Path.Combine(_git.Path, touched), Ct)}# unfinished\n");
        var set = ManifestFiles.Read([cluster]);
        Decide(cluster).Edit(set);
        var problems = new List<Problem>();

        await GitPreflight.CheckAsync(ApplyMode.Git, push: false, set, problems, Ct);

        Assert.Equal(count, problems.Count);
        Assert.All(problems, problem => Assert.Equal((ProblemCode.Refused, true), (problem.Code, problem.Message.Contains("ks.yaml would be edited and committed, and holds changes that are not committed", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_revert_whose_push_had_failed_is_pushed_by_the_next_undo()
    {
        var (decision, published) = await PublishAsync(push: true);
        await _git.RunAsync(Ct, "remote", "set-url", "--push", "origin", "/nowhere.git");

        var failed = await Assert.ThrowsAsync<RestoreException>(() => new ManifestDelivery(decision).RevertAsync(Ct));
        await _git.RunAsync(Ct, "remote", "set-url", "--push", "origin", (await _git.RunAsync(Ct, "remote", "get-url", "origin")).Trim());
        Assert.Equal(published, await RemoteAsync());
        await new ManifestDelivery(decision).RevertAsync(Ct);

        Assert.Equal(ProblemCode.Stopped, failed.Problem.Code);
        Assert.Equal((await _git.RunAsync(Ct, "rev-parse", "HEAD")).Trim(), await RemoteAsync());
        Assert.NotEqual(published, await RemoteAsync());
    }

    [Fact]
    public async Task A_commit_that_is_in_force_where_GitOps_reads_keeps_it_suspended()
    {
        var (decision, _) = await PublishAsync(push: false);

        var stopped = await Assert.ThrowsAsync<RestoreException>(() => new ManifestDelivery(decision).RevertAsync(Ct));
        await _git.RunAsync(Ct, "push", "--quiet");

        Assert.Equal($"git push, then: cnpg-restore runs undo {decision.Run} -n web", stopped.Problem.Hint);
        Assert.Null(await new ManifestDelivery(decision).RevertAsync(Ct));
    }

    public void Dispose() => _git.Dispose();

    private async Task<string> RemoteAsync() => (await _git.RunAsync(Ct, "ls-remote", "origin", "refs/heads/main")).Split('\t')[0];

    /// <summary>A run's commit that a remote has.</summary>
    private async Task<(FromBackupDecision Decision, string Published)> PublishAsync(bool push)
    {
        var decision = Decide(await CommitAsync("shop")) with { Push = push, Owners = [new SuspendedOwner("Kustomization", "v1", "flux-system", "shop")] };
        await _git.AddRemoteAsync(Ct);
        await _git.RunAsync(Ct, "push", "--quiet", "-u", "origin", "main");
        await new ManifestDelivery(decision).WriteAsync(Ct);
        await _git.RunAsync(Ct, "push", "--quiet");
        return (decision, await RemoteAsync());
    }

    private async Task<string> CommitAsync(string serverName)
    {
        await _git.CreateAsync(Ct);
        var cluster = _git.Write("cluster.yaml", $"""
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata:
              name: shop
            spec:
              bootstrap:
                recovery:
                  source: old
                  database: shop
                  owner: shop
              externalClusters:
                - name: old
                  plugin:
                    name: barman-cloud.cloudnative-pg.io
                    parameters:
                      barmanObjectName: store
                      serverName: old
              plugins:
                - name: barman-cloud.cloudnative-pg.io
                  parameters:
                    barmanObjectName: store
                    serverName: {serverName}

            """);
        _git.Write("store.yaml", "apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata: {name: store}\nspec: {configuration: {destinationPath: s3://backups}}\n");
        _git.Write("ks.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: shop\nspec:\n  path: ./home\n  postBuild:\n    substitute:\n      CLUSTER: shop\n");
        await _git.RunAsync(Ct, "add", ".");
        await _git.RunAsync(Ct, "commit", "--quiet", "--message", "manifests");
        return cluster;
    }

    private static FromBackupDecision Decide(string cluster)
    {
        var decision = new FromBackupDecision
        {
            Run = "20260301t100000z-from-backup-4f2a", Cluster = "shop", Namespace = "web", Lineage = Lineage.New, Source = "old", Archive = "shop-2", Target = "latest", BackupId = "20260301T020000",
            SystemId = "7711054909860330000", Apply = ApplyMode.Git, Files = [cluster], Host = Environment.MachineName,
        };
        var set = ManifestFiles.Read([cluster]);
        decision.Edit(set);
        return decision with { Edited = [.. set.Files.Where(file => file.IsChanged).Select(file => Path.GetFullPath(file.Path))] };
    }
}
