using System.Text;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>
/// Clusters that went wrong, each in its own way, on a real node with a real bucket, in one namespace and at the same time: what is examined is what
/// the pods really wrote. Recorded once.
/// </summary>
public sealed class NodeSituations(TestBed bed) : IAsyncLifetime
{
    /// <summary>True of every Cluster here: in-tree, on a store that is not AWS.</summary>
    private static readonly string[] InTree = ["in-tree-before-1-31", "checksum-variables-missing"];

    private const string Once = "stand-in.cnpg-restore/job-backoff-limit: \"0\"";
    private const string Forever = "setting-up-primary-for-ever";

    private readonly Dictionary<string, Situation> _situations = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Situation this[string name] => _situations[name];

    public async ValueTask InitializeAsync()
    {
        var story = await bed.ClusterStoryAsync(Ct);
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        await scene.TakeOverAsync(story, Ct);
        await PrepareFoldersAsync(scene, story);
        using var api = scene.Namespace.Connect();
        // First those that fail soon; a small machine is slow with all at once.
        await scene.Namespace.ApplyAsync(FailingManifests(scene), Ct);
        foreach (var (cluster, expected) in Failing)
        {
            await scene.FailedAsync($"{cluster}-1-full-recovery", Ct);
            await RecordAsync(scene, api, cluster, expected);
        }

        await scene.Namespace.KubectlAsync(Ct, ["delete", "cluster", "--wait=false", .. Failing.Select(failing => failing.Cluster)]);
        await scene.Namespace.ApplyAsync(LivingManifests(scene, story), Ct);
        await Task.WhenAll(Living.Select(cluster => scene.HealthyAsync(cluster, Ct)));
        await scene.BackUpAsync("healthy", "healthy-first", Ct);
        await Task.WhenAll(((string[])["healthy", "swapped", "plain", "early"]).Select(cluster => ArchivedAsync(scene, cluster)));
        await BootstrapAsRecoveryAsync(scene, "swapped");
        await UntilNotArchivingAsync(scene, "recreated");
        await RecordAsync(scene, api, "healthy", InTree);
        await RecordAsync(scene, api, "recreated", [.. InTree, "not-archiving", "expected-empty-archive-recreated"]);
        await RecordAsync(scene, api, "swapped", [.. InTree, "initdb-instead-of-recovery", "no-usable-backup"]);
        await RecordAsync(scene, api, "early", [.. InTree, "early-promotion", "no-usable-backup", "old-folder-unpruned"]);
        await RecordAsync(scene, api, "plain", [.. InTree, "extra-app-database", "no-usable-backup"]);
        await RecordLoadsAsync(scene, api);
    }

    private static readonly string[] Living = ["healthy", "recreated", "swapped", "early", "plain"];

    /// <summary>Recoveries whose Job gives up.</summary>
    private static (string Cluster, string[] Expected)[] Failing { get; } =
    [
        ("same", [.. InTree, Forever, "expected-empty-archive-same-folder"]),
        ("leftover", [.. InTree, Forever, "expected-empty-archive-leftover"]),
        ("used", [.. InTree, Forever, "expected-empty-archive-used"]),
        ("plugin", ["checksum-variables-missing", Forever, "expected-empty-archive-plugin-name", "plugin-error-hidden"]),
        ("absent", [.. InTree, Forever, "source-folder-missing"]),
        ("unnamed", [.. InTree, Forever, "server-name-default"]),
        ("stranger", [.. InTree, Forever, "access-key-unknown"]),
        ("unsigned", [.. InTree, Forever, "secret-key-wrong"]),
        ("newline", [.. InTree, Forever, "secret-trailing-newline"]),
        ("forbidden", [.. InTree, Forever, "permission-missing"]),
        ("toolate", [.. InTree, Forever, "recovery-target-not-reached"]),
        ("firstwal", [.. InTree, Forever, "first-wal-missing", "cannot-find-backup"]),
        ("givenup", [.. InTree, "cluster-unrecoverable", "source-folder-missing"]),
    ];

    public static TheoryData<string> Names { get; } = [.. Failing.Select(failing => failing.Cluster), .. Living, .. LoadJobs.All.Select(load => load.Name)];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task PrepareFoldersAsync(ClusterScene scene, ClusterStory story)
    {
        await scene.S3.PutAsync(scene.Folder("leftover"), new Dictionary<string, byte[]> { ["wals/00000002.history"] = "1\t0/5000000\tno recovery target specified\n"u8.ToArray() }, Ct);
        await scene.S3.PutAsync(scene.Folder("plugin"), new Dictionary<string, byte[]> { ["wals/0000000100000000/000000010000000000000001"] = Encoding.ASCII.GetBytes("former") }, Ct);
        await scene.S3.CopyAsync(story.Folder, scene.Folder("used"), Ct);
        await scene.S3.CopyAsync(story.Folder, scene.Folder("whole"), Ct);
        await scene.S3.CopyAsync(story.Folder, scene.Folder("beheaded"), Ct);
        foreach (var segment in await scene.S3.ListAsync(scene.Folder("beheaded") with { Prefix = "beheaded/wals/" }, Ct))
        {
            await scene.S3.Client.DeleteObjectAsync(scene.Bucket, segment.Key, Ct);
        }
    }

    private static string LivingManifests(ClusterScene scene, ClusterStory story) => string.Join("\n---\n",
    [
        scene.Manifests.Initdb("healthy", "healthy"),
        scene.Manifests.Initdb("recreated", "orders-v1"),
        scene.Manifests.Initdb("swapped", "swapped"),
        scene.Manifests.Recovery("early", "whole", "early", annotations: $"stand-in.cnpg-restore/fail-wal-restore-from: \"{story.Moments[^1].Segment}\""),
        scene.Manifests.Recovery("plain", "orders-v1", "plain").Replace(", database: orders, owner: orders", "", StringComparison.Ordinal),
    ]);

    private static string FailingManifests(ClusterScene scene)
    {
        var make = scene.Manifests;
        string Recovery(string name, string source, string destination, string target = "{}", string more = "") => make.Recovery(name, source, destination, target, Once + more);
        string WithSecret(string name, string secret) => Recovery(name, "orders-v1", $"{name}-new").Replace("name: s3,", $"name: {secret},", StringComparison.Ordinal);
        static string Secret(string name, string key, string value) => $$"""
            apiVersion: v1
            kind: Secret
            metadata: {name: {{name}}}
            stringData: {ACCESS_KEY_ID: "{{key}}", ACCESS_SECRET_KEY: "{{value}}", REGION: {{S3Server.Region}}}
            """;

        return string.Join("\n---\n",
        [
            Secret("s3-unknown", "AKNOBODY", S3Server.SecretKey), Secret("s3-unsigned", S3Server.AccessKey, "wrong-secret"), Secret("s3-newline", S3Server.AccessKey, $"{S3Server.SecretKey}\\n"),
            Secret("s3-stranger", S3Server.StrangerAccessKey, S3Server.StrangerSecretKey),
            make.ObjectStore(),
            Recovery("same", "orders-v1", "orders-v1"),
            Recovery("leftover", "orders-v1", "leftover"),
            Recovery("used", "orders-v1", "used"),
            ClusterManifests.PluginRecovery("plugin", "orders-v1", "plugin").Replace(", serverName: plugin }", " }", StringComparison.Ordinal)
                .Replace("metadata: { name: plugin }", $"metadata: {{ name: plugin, annotations: {{ {Once} }} }}", StringComparison.Ordinal),
            Recovery("absent", "orders-v0", "absent"),
            Recovery("unnamed", "nothing", "unnamed").Replace("        serverName: nothing\n", "", StringComparison.Ordinal),
            WithSecret("stranger", "s3-unknown"),
            WithSecret("unsigned", "s3-unsigned"),
            WithSecret("newline", "s3-newline"),
            WithSecret("forbidden", "s3-stranger"),
            Recovery("toolate", "orders-v1", "toolate", """{targetTime: "2099-01-01T00:00:00Z"}"""),
            Recovery("firstwal", "beheaded", "firstwal"),
            Recovery("givenup", "orders-v0", "givenup", more: ", stand-in.cnpg-restore/operator-version: \"1.30.0\""),
        ]);
    }

    private static async Task ArchivedAsync(ClusterScene scene, string cluster)
    {
        await scene.ArchiveAsync(cluster, Ct);
        await scene.UntilAsync($"cluster/{cluster}", item => Condition(item) == "True", Ct);
    }

    private static async Task UntilNotArchivingAsync(ClusterScene scene, string cluster)
    {
        await scene.SqlAsync(cluster, "postgres", "SELECT pg_switch_wal()", Ct);
        await scene.UntilAsync($"cluster/{cluster}", item => Condition(item) == "False", Ct);
    }

    /// <summary>As Git would bring it after the fact: accepted, and without effect.</summary>
    private static async Task BootstrapAsRecoveryAsync(ClusterScene scene, string cluster) => await scene.Namespace.KubectlAsync(
        Ct, "patch", "cluster", cluster, "--type", "merge", "-p",
        """
        {"spec": {
          "bootstrap": {"initdb": null, "recovery": {"source": "origin", "database": "orders", "owner": "orders"}},
          "externalClusters": [{"name": "origin", "barmanObjectStore": {"serverName": "orders-v1", "destinationPath": "s3://BUCKET", "endpointURL": "ENDPOINT",
            "s3Credentials": {"accessKeyId": {"name": "s3", "key": "ACCESS_KEY_ID"}, "secretAccessKey": {"name": "s3", "key": "ACCESS_SECRET_KEY"}}}}]}}
        """.Replace("BUCKET", scene.Bucket, StringComparison.Ordinal).Replace("ENDPOINT", scene.Manifests.Endpoint, StringComparison.Ordinal));

    private static string? Condition(System.Text.Json.Nodes.JsonNode? cluster) => cluster?["status"]?["conditions"]?.AsArray()
        .FirstOrDefault(condition => condition!["type"]!.GetValue<string>() == ClusterCondition.ContinuousArchiving)?["status"]?.GetValue<string>();

    /// <summary>Jobs of the runbook's shape against the healthy Cluster, each examined as if it were the only one.</summary>
    private async Task RecordLoadsAsync(ClusterScene scene, KubernetesApi api)
    {
        await scene.SqlAsync("healthy", "orders", "CREATE TABLE users (id int); ALTER TABLE users OWNER TO orders; CREATE TABLE secrets (id int)", Ct);
        await scene.Namespace.ApplyAsync(string.Join("\n---\n", LoadJobs.All.Select(load => load.Manifest("healthy"))), Ct);
        foreach (var load in LoadJobs.All.Where(load => load.Ends))
        {
            await scene.UntilAsync($"job/{load.Name}", job => job?["status"]?["conditions"]?.AsArray().Count > 0, Ct);
        }

        await scene.UntilAsync("pods", _ => true, Ct);
        while (!(await scene.EventsAsync(Ct)).Contains("FailedMount", StringComparison.Ordinal))
        {
            await scene.UntilAsync("jobs", _ => true, Ct);
        }

        var all = await ExamineAsync(scene, api, "healthy");
        foreach (var load in LoadJobs.All)
        {
            var others = all.Pods.Where(pod => pod["metadata"]!["name"]!.GetValue<string>() is var name && LoadJobs.All.Any(other => other != load && name.StartsWith($"{other.Name}-", StringComparison.Ordinal)));
            _situations[load.Name] = new Situation(load.Name, all with { Pods = [.. all.Pods.Except(others)] }, [.. InTree, .. load.Expected]);
        }
    }

    private async Task RecordAsync(ClusterScene scene, KubernetesApi api, string cluster, IReadOnlyList<string> expected) =>
        _situations[cluster] = new Situation(cluster, await ExamineAsync(scene, api, cluster), expected);

    private static Task<Examination> ExamineAsync(ClusterScene scene, KubernetesApi api, string cluster) => Examiner.ExamineAsync(
        new ExaminationRequest(cluster, scene.Namespace.Name, api, TimeProvider.System) { OpenStore = _ => throw new InvalidOperationException("the Cluster names its bucket") }, Ct);
}
