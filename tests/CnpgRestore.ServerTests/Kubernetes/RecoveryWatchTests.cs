using System.Text.Json.Nodes;
using CnpgRestore.Kubernetes;
using CnpgRestore.Kubernetes.Recovery;
using CnpgRestore.Postgres;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Kubernetes;

/// <summary>A Cluster whose recovery Job is played by a real Job, its lines by a script.</summary>
public sealed class RecoveryWatchTests(TestBed bed)
{
    /// <summary>Seconds, but for a machine that runs much else.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recovery_is_followed_through_all_containers_to_the_end_of_its_Job()
    {
        await using var ns = await (await bed.KubernetesAsync(Ct)).CreateNamespaceAsync(Ct);
        using var api = ns.Connect();
        var cluster = await CreateClusterAsync(api, ns.Name);
        await TellAsync(api, ns.Name, cluster, "CreatingInstance", "Primary instance (from backup)");
        await CreateJobAsync(
            ns,
            cluster,
            sidecar: """echo '{"level":"info","msg":"sidecar is here"}'""",
            main: """
                echo '{"level":"info","msg":"Target backup found","backup":{"backup_id":"20250507T124953"}}'
                for s in 5 6 7; do sleep 0.2; echo '{"logger":"postgres","msg":"record","record":{"message":"restored log file \"00000001000000000000000'$s'\" from archive"}}'; done
                echo '{"logger":"postgres","msg":"record","record":{"message":"redo done at 0/7000110 system usage"}}'
                """);

        var seen = await SeenUntilAsync(api, ns.Name, cluster, happened => happened is RecoveryEvent.JobCompleted, expectedSegments: 3);

        Assert.Equal(BootstrapOrigin.Backup, Assert.Single(seen.OfType<RecoveryEvent.Bootstrapping>()).Origin);
        Assert.Equal(1, Assert.Single(seen.OfType<RecoveryEvent.AttemptStarted>()).Number);
        Assert.Equal("20250507T124953", Assert.Single(seen.OfType<RecoveryEvent.BackupChosen>()).BackupId);
        Assert.Equal([(1, 3), (2, 3), (3, 3)], seen.OfType<RecoveryEvent.SegmentRestored>().Select(restored => (restored.Number, restored.Of ?? 0)));
        Assert.Equal(Lsn.Parse("0/7000110"), Assert.Single(seen.OfType<RecoveryEvent.RedoDone>()).Lsn);
        Assert.Equal("sidecar is here", Assert.Single(seen.OfType<RecoveryEvent.Line>(), line => line.Container == CnpgNames.PluginContainer).Record.Message);
        Assert.Empty(seen.OfType<RecoveryEvent.FailureRecognized>());
    }

    [Fact]
    public async Task A_failure_that_only_the_sidecar_names_is_explained_before_the_Job_gives_up()
    {
        await using var ns = await (await bed.KubernetesAsync(Ct)).CreateNamespaceAsync(Ct);
        using var api = ns.Connect();
        var cluster = await CreateClusterAsync(api, ns.Name);
        await CreateJobAsync(
            ns,
            cluster,
            sidecar: """echo '{"level":"info","logger":"barman-cloud-check-wal-archive","msg":"ERROR: WAL archive check failed for server orders: Expected empty archive"}'""",
            main: """
                echo '{"level":"error","msg":"restore error","error":"rpc error: code = Unknown desc = unexpected failure invoking barman-cloud-wal-archive: exit status 1"}'
                exit 1
                """);

        var seen = await SeenUntilAsync(api, ns.Name, cluster, happened => happened is RecoveryEvent.JobFailed, expectedSegments: null);

        var failure = seen.OfType<RecoveryEvent.FailureRecognized>().First();
        Assert.Equal((CnpgNames.PluginContainer, ProblemCode.Refused), (failure.Container, failure.Problem.Code));
        Assert.StartsWith("Expected empty archive", failure.Problem.Message, StringComparison.Ordinal);
        Assert.Contains(seen.OfType<RecoveryEvent.ContainerFailed>(), failed => failed is { Container: CnpgNames.RecoveryContainer, ExitCode: 1 });
        Assert.True(seen.FindIndex(happened => happened is RecoveryEvent.FailureRecognized) < seen.FindIndex(happened => happened is RecoveryEvent.JobFailed));
        Assert.Equal(2, seen.OfType<RecoveryEvent.AttemptStarted>().Count());
    }

    [Fact]
    public async Task An_image_that_cannot_be_had_is_told_at_once()
    {
        await using var ns = await (await bed.KubernetesAsync(Ct)).CreateNamespaceAsync(Ct);
        using var api = ns.Connect();
        var cluster = await CreateClusterAsync(api, ns.Name);
        await CreateJobAsync(ns, cluster, sidecar: "true", main: "true", image: "localhost/no-such-image:1");
        var since = TimeProvider.System.GetTimestamp();

        var seen = await SeenUntilAsync(api, ns.Name, cluster, happened => happened is RecoveryEvent.PodStuck stuck && stuck.Why.Contains("ErrImageNeverPull", StringComparison.Ordinal), expectedSegments: null);

        Assert.InRange(TimeProvider.System.GetElapsedTime(since), TimeSpan.Zero, AtOnce);
        Assert.Equal(1, Assert.Single(seen.OfType<RecoveryEvent.AttemptStarted>()).Number);
        Assert.Contains(CnpgNames.PluginContainer, Assert.IsType<RecoveryEvent.PodStuck>(seen[^1]).Why, StringComparison.Ordinal);
        // Before it, a node that is busy may be said to take no pod; but nothing that a container did.
        Assert.All(seen[..^1], happened => Assert.True(
            happened is RecoveryEvent.ClusterChanged or RecoveryEvent.Told or RecoveryEvent.AttemptStarted or RecoveryEvent.PodStuck, $"{happened}"));
    }

    [Fact]
    public async Task A_Cluster_that_is_gone_before_it_is_looked_at_is_told_as_deleted()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var cluster = await CreateClusterAsync(scene.Api, scene.Namespace);
        await scene.Api.DeleteAsync(ObjectReference.Of(ResourceTypes.Clusters, cluster), new DeleteOptions(null), Ct);
        var since = TimeProvider.System.GetTimestamp();

        var seen = await SeenUntilAsync(scene.Api, scene.Namespace, cluster, happened => happened is RecoveryEvent.ClusterDeleted, expectedSegments: null);

        Assert.IsType<RecoveryEvent.ClusterDeleted>(Assert.Single(seen));
        Assert.InRange(TimeProvider.System.GetElapsedTime(since), TimeSpan.Zero, AtOnce);
    }

    [Fact]
    public async Task What_an_earlier_Cluster_of_the_name_did_is_not_told_and_its_end_is()
    {
        await using var scene = await ApiScene.OpenAsync(bed, Ct);
        var earlier = await CreateClusterAsync(scene.Api, scene.Namespace);
        await TellAsync(scene.Api, scene.Namespace, earlier, "CreatingInstance", "Primary instance (initdb)");
        await scene.Api.DeleteAsync(ObjectReference.Of(ResourceTypes.Clusters, earlier), new DeleteOptions(null), Ct);
        var cluster = await CreateClusterAsync(scene.Api, scene.Namespace);
        await TellAsync(scene.Api, scene.Namespace, cluster, "CreatingInstance", "Primary instance (from backup)");
        await scene.WriteStatusAsync(ObjectReference.Of(ResourceTypes.Clusters, cluster), JsonNode.Parse("""{"phase":"Setting up primary"}""")!, Ct);

        var seen = await SeenUntilAsync(
            scene.Api,
            scene.Namespace,
            cluster,
            happened => happened is RecoveryEvent.ClusterDeleted,
            expectedSegments: null,
            async happened =>
            {
                if (happened is RecoveryEvent.Bootstrapping)
                {
                    await scene.Api.DeleteAsync(ObjectReference.Of(ResourceTypes.Clusters, cluster), new DeleteOptions(null), Ct);
                }
            });

        Assert.Equal(BootstrapOrigin.Backup, Assert.Single(seen.OfType<RecoveryEvent.Bootstrapping>()).Origin);
        Assert.All(seen.OfType<RecoveryEvent.ClusterChanged>(), changed => Assert.Equal(ClusterPhase.SettingUpPrimary, changed.Cluster.Phase));
    }

    private static async Task<List<RecoveryEvent>> SeenUntilAsync(
        KubernetesApi api, string ns, JsonObject cluster, Func<RecoveryEvent, bool> isLast, int? expectedSegments, Func<RecoveryEvent, Task>? act = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromMinutes(15));
        var seen = new List<RecoveryEvent>();
        await foreach (var happened in new RecoveryWatch(api, ns, "orders", (string)cluster["metadata"]!["uid"]!, expectedSegments).RunAsync(deadline.Token))
        {
            seen.Add(happened);
            await (act?.Invoke(happened) ?? Task.CompletedTask);
            if (isLast(happened))
            {
                break;
            }
        }

        return seen;
    }

    /// <summary>The operator of the other tests leaves it alone: here its part is played line by line.</summary>
    private static Task<JsonObject> CreateClusterAsync(KubernetesApi api, string ns)
    {
        var cluster = ApiScene.NewCluster("orders");
        var annotations = cluster["metadata"]!["annotations"] as JsonObject ?? [];
        annotations[CnpgNames.ReconciliationLoopAnnotation] = "disabled";
        cluster["metadata"]!["annotations"] = annotations;
        return api.CreateAsync(ResourceTypes.Clusters, ns, cluster, WriteOptions.Default, Ct);
    }

    private static Task TellAsync(KubernetesApi api, string ns, JsonObject cluster, string reason, string message) => api.CreateAsync(
        ResourceTypes.Events,
        ns,
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["generateName"] = "orders." },
            ["involvedObject"] = new JsonObject { ["kind"] = "Cluster", ["namespace"] = ns, ["name"] = "orders", ["uid"] = (string)cluster["metadata"]!["uid"]! },
            ["type"] = "Normal",
            ["reason"] = reason,
            ["message"] = message,
        },
        WriteOptions.Default,
        Ct);

    // Kubernetes 1.20 knows no sidecars; what counts here is that an init container is listened to.
    private static Task CreateJobAsync(KubernetesNamespace ns, JsonObject cluster, string sidecar, string main, string? image = null) => ns.ApplyAsync(
        $$"""
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: orders-1-full-recovery
          labels: {cnpg.io/cluster: orders, cnpg.io/jobRole: full-recovery}
          ownerReferences: [{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, name: orders, uid: {{cluster["metadata"]!["uid"]}}, controller: true}]
        spec:
          backoffLimit: 1
          template:
            metadata:
              labels: {cnpg.io/cluster: orders, cnpg.io/jobRole: full-recovery}
            spec:
              restartPolicy: Never
              initContainers:
                - name: plugin-barman-cloud
                  image: {{image ?? KubernetesServer.Image}}
                  imagePullPolicy: Never
                  command: [bash, -ec]
                  args:
                    - |
                      {{Indented(sidecar)}}
              containers:
                - name: full-recovery
                  image: {{image ?? KubernetesServer.Image}}
                  imagePullPolicy: Never
                  command: [bash, -ec]
                  args:
                    - |
                      {{Indented(main)}}
        """,
        Ct);

    private static string Indented(string script) => script.ReplaceLineEndings("\n").Replace("\n", $"\n{new string(' ', 14)}", StringComparison.Ordinal);
}
