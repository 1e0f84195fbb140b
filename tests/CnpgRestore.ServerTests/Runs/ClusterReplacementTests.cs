using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.Manifests;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Runs;
using CnpgRestore.Runs.Clusters;
using CnpgRestore.Runs.FromBackup;
using CnpgRestore.ServerTests.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>A run goes on after a failed recovery, or beside GitOps that still works; on a real API server, without an operator.</summary>
public sealed class ClusterReplacementTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    // kubectl edit on the Cluster; an edited file; nothing.
    [InlineData("20Gi", "10Gi", "20Gi")]
    [InlineData("10Gi", "30Gi", "30Gi")]
    [InlineData("10Gi", "10Gi", "10Gi")]
    public async Task What_was_mended_since_is_in_the_next_one_and_in_the_record(string live, string file, string size)
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var failed = await FailAsync(scene, live);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var running = RunAsync(scene, Decide(scene), Manifest(scene, file), TimeProvider.System, stop.Token);
        var next = (await scene.Api.WaitForAsync(Decide(scene).Reference, item => item is not null && Uid(item) != failed, Ct))!;
        // Nobody recovers it here.
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        var recorded = (await new RunRecord(scene.Api).FindAsync(scene.Namespace, "orders", Ct))!;
        Assert.Equal((size, size), (Size(next), Size(recorded.Manifest)));
        Assert.Equal("run", (string?)next["metadata"]!["annotations"]![LiveManifest.RunAnnotation]);
    }

    [Fact]
    public async Task Of_two_that_differ_none_is_taken_and_nothing_is_deleted()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var failed = await FailAsync(scene, "20Gi");

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => RunAsync(scene, Decide(scene), Manifest(scene, "30Gi"), TimeProvider.System, Ct))).Problem;

        Assert.Equal(ProblemCode.Stopped, problem.Code);
        Assert.Equal(failed, Uid(await scene.Api.GetAsync(Decide(scene).Reference, Ct)));
        Assert.Equal("10Gi", Size((await new RunRecord(scene.Api).FindAsync(scene.Namespace, "orders", Ct))!.Manifest));
    }

    [Fact]
    public async Task Nothing_is_changed_while_Argo_CD_still_syncs()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var application = new ObjectReference(ResourceTypes.Applications, scene.Namespace, "databases");
        await scene.Api.CreateAsync(
            application.Type,
            scene.Namespace,
            JsonNode.Parse("""{"metadata":{"name":"databases"},"spec":{"syncPolicy":{"automated":{"selfHeal":true}}},"status":{"operationState":{"phase":"Running"}}}""")!.AsObject(),
            WriteOptions.Default,
            Ct);
        var decision = Decide(scene) with { Owners = [SuspendedOwner.Of(application)] };

        // Two minutes pass in one second.
        var problem = (await Assert.ThrowsAsync<RestoreException>(() => RunAsync(scene, decision, Manifest(scene, "10Gi"), new HurriedClock(120), Ct))).Problem;

        Assert.Equal((ProblemCode.Stopped, $"argocd app terminate-op databases, then: {decision.ResumeCommand}"), (problem.Code, problem.Hint));
        Assert.True(GitOpsSuspension.IsSuspended(application.Type, await scene.Api.GetAsync(application, Ct)));
        Assert.Null(await scene.Api.FindAsync(decision.Reference, Ct));
    }

    private static string? Uid(JsonObject cluster) => (string?)cluster["metadata"]!["uid"];

    private static string? Size(JsonObject cluster) => (string?)cluster["spec"]!["storage"]!["size"];

    /// <summary>Made with 10 gigabytes by the run, failed, and edited.</summary>
    private static async Task<string?> FailAsync(ApiScene scene, string edited)
    {
        var decision = Decide(scene);
        var manifest = Manifest(scene, "10Gi");
        await new RunRecord(scene.Api).WriteAsync(decision, manifest, former: null, Ct);
        var made = await scene.Api.CreateAsync(ResourceTypes.Clusters, scene.Namespace, (JsonObject)manifest.DeepClone(), WriteOptions.Default, Ct);
        await scene.WriteStatusAsync(decision.Reference, new JsonObject { ["phase"] = ClusterPhase.Unrecoverable }, Ct);
        // An edit that changes nothing is none to the API either.
        var edit = new JsonObject { ["spec"] = new JsonObject { ["storage"] = new JsonObject { ["size"] = edited } } };
        await scene.Api.MergePatchAsync(decision.Reference, edit, new WriteOptions(FieldManager: "kubectl-edit"), Ct);
        return Uid(made);
    }

    private static async Task RunAsync(ApiScene scene, FromBackupDecision decision, JsonObject manifest, TimeProvider clock, CancellationToken ct)
    {
        using var state = new TemporaryFolder("state");
        using var bucket = new TemporaryFolder("bucket");
        using var store = new DirectoryObjectStore(bucket.Path);
        using var journal = Journal.Create(new StateFolder(state.Path), RunId.Create("from-backup", TimeProvider.System), "from-backup", "orders", TimeProvider.System);
        var plan = new FromBackupPlan(decision, manifest, Former: null, store.Address, Move: null, "", []);
        await new FromBackupRun(scene.Api, store, plan, new Run(journal, new Unseen()), clock).RunAsync(ct);
    }

    private static JsonObject Manifest(ApiScene scene, string size)
    {
        var set = new ManifestSet(new ManifestFile("cluster.yaml", $$"""
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata:
              name: orders
              namespace: {{scene.Namespace}}
              annotations: {cnpg-restore.io/run: run}
            spec:
              instances: 1
              storage: {size: {{size}} }
              bootstrap:
                initdb: {database: app, owner: app}
              backup:
                barmanObjectStore:
                  destinationPath: s3://backups
                  serverName: orders
                  s3Credentials: {inheritFromIAMRole: true}
            """));
        Decide(scene).Edit(set);
        return set.ReadJson("orders");
    }

    private static FromBackupDecision Decide(ApiScene scene) => new()
    {
        Run = "run", Cluster = "orders", Namespace = scene.Namespace, Lineage = Lineage.New, Source = "orders", Archive = "orders-2", Target = "latest",
        BackupId = "20260301T020000", SystemId = "7711054909860330000", Apply = ApplyMode.Api, Host = Environment.MachineName,
    };
}
