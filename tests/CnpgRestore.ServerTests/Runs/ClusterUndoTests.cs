using System.Text;
using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.GitOps;
using CnpgRestore.ObjectStore;
using CnpgRestore.Plans;
using CnpgRestore.Plans.Apps;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;
using CnpgRestore.Runs;
using CnpgRestore.Runs.Apps;
using CnpgRestore.Runs.Clusters;
using CnpgRestore.ServerTests.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Runs;

/// <summary>What the way back must leave alone: what the run of another Cluster needs, and folders that a living Cluster uses.</summary>
public sealed class ClusterUndoTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_run_of_another_Cluster_has_suspended_too_is_resumed_by_the_last_of_them()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var databases = new ObjectReference(ResourceTypes.Kustomizations, scene.Namespace, "databases");
        await scene.Api.CreateAsync(databases.Type, scene.Namespace, new JsonObject { ["metadata"] = new JsonObject { ["name"] = databases.Name }, ["spec"] = new JsonObject() }, WriteOptions.Default, Ct);
        var orders = await RecordAsync(scene, Decide(scene, "orders", databases), ApiScene.NewCluster("orders"));
        var users = await RecordAsync(scene, Decide(scene, "users", databases), ApiScene.NewCluster("users"));
        var suspension = GitOpsSuspension.Suspend(databases.Type, await scene.Api.GetAsync(databases, Ct), orders.Decision.Run)!;
        await scene.Api.MergePatchAsync(databases, suspension, WriteOptions.Default, Ct);

        var first = await UndoAsync(scene, orders);
        Assert.True(await IsSuspendedAsync());
        var second = await UndoAsync(scene, users);

        Assert.False(await IsSuspendedAsync());
        Assert.Empty(first.Held);
        Assert.Equal(["databases"], second.Held.Select(owner => owner.Name));

        async Task<bool> IsSuspendedAsync() => GitOpsSuspension.IsSuspended(databases.Type, await scene.Api.GetAsync(databases, Ct));
    }

    /// <summary>The note of the stop goes where a restore has ended with another manifest than Git's, and stays where the restore of another Cluster is under way.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Applications_are_started_without_GitOps_that_has_to_stay_suspended(bool isHeld, bool isNeeded)
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var databases = new ObjectReference(ResourceTypes.Kustomizations, scene.Namespace, "databases");
        var notes = new JsonObject { [RunAnnotations.SuspendedBy] = "a", [RunAnnotations.SuspendedFrom] = "null", ["cnpg-restore/stopped-for"] = $"{scene.Namespace}/orders" };
        if (isHeld)
        {
            notes[RunAnnotations.StaysSuspendedFor] = $"{scene.Namespace}/orders";
        }

        var owner = new JsonObject { ["metadata"] = new JsonObject { ["name"] = databases.Name, ["annotations"] = notes }, ["spec"] = new JsonObject { ["suspend"] = true } };
        await scene.Api.CreateAsync(databases.Type, scene.Namespace, owner, WriteOptions.Default, Ct);
        var users = isNeeded ? await RecordAsync(scene, Decide(scene, "users", databases), ApiScene.NewCluster("users")) : null;

        var first = await StartAsync(scene);
        var left = await scene.Api.GetAsync(databases, Ct);

        Assert.True(GitOpsSuspension.IsSuspended(databases.Type, left));
        Assert.Equal(isNeeded, left["metadata"]!["annotations"]!.AsObject().ContainsKey("cnpg-restore/stopped-for"));
        Assert.Contains(isNeeded ? "until the run of another Cluster has ended" : $"cluster {scene.Namespace}/orders runs otherwise than Git says", Assert.Single(first.Warnings), StringComparison.Ordinal);
        if (users is not null)
        {
            await UndoAsync(scene, users);
            Assert.DoesNotContain((await StartAsync(scene)).Warnings, warning => warning.Contains("stays suspended", StringComparison.Ordinal));
            Assert.False(GitOpsSuspension.IsSuspended(databases.Type, await scene.Api.GetAsync(databases, Ct)));
        }
    }

    [Fact]
    public async Task Folders_are_not_renamed_under_a_Cluster_that_a_person_has_applied()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        using var bucket = new TemporaryFolder("bucket");
        foreach (var key in (string[])["orders/wals/0000000200000000/000000020000000000000009", "orders-backup/base/20260301T020000/backup.info"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(bucket.Path, key))!);
            await File.WriteAllBytesAsync(Path.Combine(bucket.Path, key), Encoding.UTF8.GetBytes(key), Ct);
        }

        var before = Directory.GetFiles(bucket.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        var recorded = await RecordAsync(scene, Decide(scene, "orders", owner: null) with { Lineage = Lineage.Move, Source = "orders-backup", MoveTo = "orders-backup", Archive = "orders" }, former: null);
        await scene.Api.CreateAsync(ResourceTypes.Clusters, scene.Namespace, ApiScene.NewCluster("orders"), WriteOptions.Default, Ct);
        using var store = new DirectoryObjectStore(bucket.Path);
        var undo = new ClusterUndo(scene.Api, store, recorded, TimeProvider.System);

        var problem = (await Assert.ThrowsAsync<RestoreException>(() => undo.PlanAsync(Ct))).Problem;
        await scene.Api.DeleteAsync(recorded.Decision.Reference, new DeleteOptions(null), Ct);
        var plan = await undo.PlanAsync(Ct);

        Assert.Equal(ProblemCode.Refused, problem.Code);
        Assert.Contains("was not created by this run, so its folders are not renamed back under it", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"kubectl delete cluster -n {scene.Namespace} orders, then: cnpg-restore runs undo {recorded.Decision.Run} -n {scene.Namespace}", problem.Hint, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(bucket.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        Assert.Equal(2, plan.Moves.Count);
    }

    private static FromBackupDecision Decide(ApiScene scene, string cluster, ObjectReference? owner) => new()
    {
        Run = $"20260301t100000z-from-backup-{cluster}", Cluster = cluster, Namespace = scene.Namespace, Lineage = Lineage.New, Source = cluster, Archive = $"{cluster}-2", Target = "latest",
        BackupId = "20260301T020000", SystemId = "7711054909860330000", Apply = ApplyMode.Api, Host = Environment.MachineName, Owners = owner is { } found ? [SuspendedOwner.Of(found)] : [],
    };

    /// <summary>A run that has deleted nothing yet.</summary>
    private static async Task<RecordedRun> RecordAsync(ApiScene scene, FromBackupDecision decision, JsonObject? former)
    {
        if (former is not null)
        {
            former = await scene.Api.CreateAsync(ResourceTypes.Clusters, scene.Namespace, former, WriteOptions.Default, Ct);
            decision = decision with { FormerUid = (string?)former["metadata"]!["uid"] };
        }

        var record = new RunRecord(scene.Api);
        await record.WriteAsync(decision, ApiScene.NewCluster(decision.Cluster), former, Ct);
        return (await record.FindAsync(scene.Namespace, decision.Cluster, Ct))!;
    }

    private static async Task<AppsStartResult> StartAsync(ApiScene scene)
    {
        using var state = new TemporaryFolder("state");
        var run = RunId.Create(AppsStartPlan.Verb, TimeProvider.System);
        using var journal = Journal.Create(new StateFolder(state.Path), run, AppsStartPlan.Verb, "orders", TimeProvider.System);
        var plan = await new AppsStartPlanner(scene.Api, scene.Namespace, "orders").PlanAsync(run.Value, [scene.Namespace], TimeSpan.FromMinutes(1), Ct);
        // Nobody reconciles here.
        return await new AppsStartRun(scene.Api, plan, new Run(journal, new Unseen()), new HurriedClock(60)).RunAsync(Ct);
    }

    private static async Task<ClusterUndoPlan> UndoAsync(ApiScene scene, RecordedRun recorded)
    {
        using var state = new TemporaryFolder("state");
        using var journal = Journal.Create(new StateFolder(state.Path), RunId.Create("from-backup", TimeProvider.System), "from-backup", recorded.Decision.Cluster, TimeProvider.System);
        var undo = new ClusterUndo(scene.Api, store: null, recorded, TimeProvider.System);
        var plan = await undo.PlanAsync(Ct);
        await undo.RunAsync(plan, new Run(journal, new Unseen()), Ct);
        return plan;
    }
}
