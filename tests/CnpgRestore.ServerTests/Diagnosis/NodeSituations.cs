using System.Collections.Concurrent;
using System.Net;
using System.Text;
using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Manifests;
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

    // As many as a small machine brings to life at once.
    private const int AtOnce = 3;

    private readonly ConcurrentDictionary<string, Situation> _situations = [];
    private readonly ConcurrentDictionary<string, Repaired> _repaired = [];
    private Exception? _broken;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Situation this[string name] => _situations.TryGetValue(name, out var situation) ? situation : throw NotRecorded(name);

    public void AssertRepaired(string name) => (_repaired.TryGetValue(name, out var repaired) ? repaired : throw NotRecorded(name)).Assert(name, Repairs[name]);

    private InvalidOperationException NotRecorded(string name) => new($"{name} was not brought about", _broken);

    public async ValueTask InitializeAsync()
    {
        var story = await bed.ClusterStoryAsync(Ct);
        await using var scene = await ClusterScene.CreateAsync(bed, Ct);
        await scene.TakeOverAsync(story, Ct);
        await PrepareFoldersAsync(scene, story);
        using var api = scene.Namespace.Connect();
        // First those that fail soon; a small machine is slow with all at once.
        await scene.Namespace.ApplyAsync(FailingManifests(scene), Ct);
        foreach (var (cluster, expected, _) in Failing)
        {
            await scene.FailedAsync($"{cluster}-1-full-recovery", Ct);
            if (expected.Contains("cluster-unrecoverable"))
            {
                // The operator says so a moment after the Job.
                await scene.UntilAsync($"cluster/{cluster}", item => ClusterPhase.IsStuck(item?["status"]?["phase"]?.GetValue<string>() ?? ""), Ct);
            }

            await RecordAsync(scene, api, cluster, expected);
        }

        await scene.Namespace.KubectlAsync(Ct, ["delete", "cluster", "--wait=false", .. Failing.Where(failing => failing.Repair is null).Select(failing => failing.Cluster)]);
        await RepairAsync(scene, api, Failing.Where(failing => failing.Repair is not null).Select(failing => failing.Cluster));
        // Trailers of checksums go through TLS alone.
        await using var front = TlsFront.Start(scene.S3.Endpoint, IPAddress.Parse(scene.Namespace.Server.HostAddress));
        await scene.Namespace.ApplyAsync(LivingManifests(scene, story, front), Ct);
        await Task.WhenAll(Living.Select(cluster => scene.HealthyAsync(cluster, Ct)));
        await scene.BackUpAsync("healthy", "healthy-first", Ct);
        await Task.WhenAll(((string[])["healthy", "swapped", "plain", "early"]).Select(cluster => ArchivedAsync(scene, cluster)));
        await BootstrapAsRecoveryAsync(scene, "swapped");
        await Task.WhenAll(((string[])["recreated", .. NotArchiving]).Select(cluster => UntilNotArchivingAsync(scene, cluster)));
        await RecordAsync(scene, api, "healthy", InTree);
        await RecordAsync(scene, api, "recreated", [.. InTree, "not-archiving", "expected-empty-archive-recreated"]);
        await RecordAsync(scene, api, "swapped", [.. InTree, "initdb-instead-of-recovery", "no-usable-backup"]);
        await RecordAsync(scene, api, "early", [.. InTree, "early-promotion", "no-usable-backup", "old-folder-unpruned"]);
        await RecordAsync(scene, api, "plain", [.. InTree, "extra-app-database", "no-usable-backup"]);
        await RecordAsync(scene, api, "without-barman", [.. InTree, "not-archiving", "no-usable-backup", "barman-missing-in-image"]);
        await RecordAsync(scene, api, "newer-boto3", [.. InTree, "not-archiving", "no-usable-backup", "checksums-not-understood"]);
        await RecordLoadsAsync(scene, api);
        try
        {
            await RecordRepairsAsync(scene, api);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or RestoreException or Xunit.Sdk.XunitException)
        {
            // What is recorded by then is judged all the same; who asks for the rest gets this.
            _broken = e;
        }
    }

    /// <summary>Those that are brought about by repairing others.</summary>
    private async Task RecordRepairsAsync(ClusterScene scene, KubernetesApi api)
    {
        // The bucket answers again.
        await scene.Namespace.KubectlAsync(Ct, "annotate", "cluster", "early", "stand-in.cnpg-restore/fail-wal-restore-from-");
        await RepairAsync(scene, api, NotArchiving);
        // It archives into the folder of "swapped", which no recovery would let pass.
        await scene.Namespace.KubectlAsync(Ct, "delete", "cluster", "recreated");
        await RepairAsync(scene, api, ["swapped", "plain"]);
        await InterruptAsync(scene, api, "early", "interrupted");
        await RepairAsync(scene, api, ["interrupted"]);
        await OrphanAsync(scene, api);
    }

    /// <summary>Of an image that cannot.</summary>
    private static readonly string[] NotArchiving = ["without-barman", "newer-boto3"];

    private static readonly string[] Living = ["healthy", "recreated", "swapped", "early", "plain", .. NotArchiving];

    /// <summary>Recoveries whose Job gives up.</summary>
    private static (string Cluster, string[] Expected, Repair? Repair)[] Failing { get; } =
    [
        ("same", [.. InTree, Forever, "expected-empty-archive-same-folder"], null),
        ("leftover", [.. InTree, Forever, "expected-empty-archive-leftover"], null),
        ("used", [.. InTree, Forever, "expected-empty-archive-used"], null),
        ("plugin", ["checksum-variables-missing", Forever, "expected-empty-archive-plugin-name", "plugin-error-hidden"], new Repair("plugin-error-hidden", "expected-empty-archive-plugin-name")),
        ("absent", [.. InTree, Forever, "source-folder-missing"], new Repair("source-folder-missing")),
        ("unnamed", [.. InTree, Forever, "server-name-default"], null),
        ("stranger", [.. InTree, Forever, "access-key-unknown"], null),
        ("unsigned", [.. InTree, Forever, "secret-key-wrong"], null),
        ("newline", [.. InTree, Forever, "secret-trailing-newline"], new Repair("secret-trailing-newline", Forever) { Edit = $"s/ACCESS_SECRET_KEY: .*/ACCESS_SECRET_KEY: {Base64(S3Server.SecretKey)}/" }),
        ("forbidden", [.. InTree, Forever, "permission-missing"], null),
        ("toolate", [.. InTree, Forever, "recovery-target-not-reached"], null),
        ("firstwal", [.. InTree, Forever, "first-wal-missing", "cannot-find-backup"], null),
        ("givenup", [.. InTree, "cluster-unrecoverable", "source-folder-missing"], null),
    ];

    /// <summary>By the name of the situation.</summary>
    public static IReadOnlyDictionary<string, Repair> Repairs { get; } = new Dictionary<string, Repair>(
    [
        .. Failing.Where(failing => failing.Repair is not null).Select(failing => KeyValuePair.Create(failing.Cluster, failing.Repair!)),
        KeyValuePair.Create("swapped", new Repair("initdb-instead-of-recovery")),
        KeyValuePair.Create("plain", new Repair("no-usable-backup")),
        KeyValuePair.Create("without-barman", new Repair("barman-missing-in-image") { Edit = "s/postgres-without-barman/postgres-barman/" }),
        KeyValuePair.Create("newer-boto3", new Repair("checksums-not-understood")
        {
            Edit = @"s/^spec:$/spec:\n  env:\n  - {name: AWS_REQUEST_CHECKSUM_CALCULATION, value: when_required}\n  - {name: AWS_RESPONSE_CHECKSUM_VALIDATION, value: when_required}/",
        }),
        KeyValuePair.Create("interrupted", new Repair("run-unfinished")),
        KeyValuePair.Create("gone", new Repair("orphan-volumes", "cluster-missing")),
        .. LoadJobs.All.Where(load => load.IsFollowed).Select(load => KeyValuePair.Create(load.Name, new Repair([.. load.Expected]))),
    ]);

    public static TheoryData<string> Repaired { get; } = [.. Repairs.Keys];

    public static IEnumerable<string> Found => [.. Failing.SelectMany(failing => failing.Expected), .. LoadJobs.All.SelectMany(load => load.Expected), .. LivingFound];

    private static readonly string[] LivingFound =
    [
        "not-archiving", "expected-empty-archive-recreated", "initdb-instead-of-recovery", "no-usable-backup", "early-promotion", "old-folder-unpruned", "extra-app-database",
        "barman-missing-in-image", "checksums-not-understood", "run-unfinished", "orphan-volumes-adopted", "orphan-volumes", "cluster-missing",
    ];

    public static TheoryData<string> Names { get; } =
        [.. Failing.Select(failing => failing.Cluster), .. Living, "interrupted", "adopted", "gone", .. LoadJobs.All.Select(load => load.Name)];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Each by what doctor printed; a Cluster that is well again makes room for the next.</summary>
    private async Task RepairAsync(ClusterScene scene, KubernetesApi api, IEnumerable<string> names) => await Parallel.ForEachAsync(
        names, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Ct }, async (name, ct) =>
        {
            var situation = _situations[name];
            using var person = new Person(scene.Namespace.Server);
            _repaired[name] = await person.FollowAsync(Verdict.On(situation.Examination), Repairs[name], () => ExamineAsync(scene, api, situation.Examination.Cluster), ct);
            await scene.Namespace.KubectlAsync(ct, "delete", "cluster", situation.Examination.Cluster, "--wait=false");
        });

    /// <summary>Types the repair of a situation and interrupts it as soon as the new Cluster is on its way.</summary>
    private async Task InterruptAsync(ClusterScene scene, KubernetesApi api, string name, string after)
    {
        using var person = new Person(scene.Namespace.Server);
        var command = Verdict.On(_situations[name].Examination).Findings.Single(finding => finding.Id == "early-promotion").Command!;
        await using (var typed = ToolProcess.Start(person.Typing($"exec {command}", new Repair())))
        {
            await scene.UntilAsync($"job/{name}-1-full-recovery", job => job is not null, Ct);
            await typed.SignalAsync("INT", Ct);
            var ended = await typed.WaitAsync(Ct);
            Assert.True(ended.ExitCode == 130, $"{command}\n{ended.Output}{ended.Error}exit code {ended.ExitCode}");
        }

        await scene.HealthyAsync(name, Ct);
        await ArchivedAsync(scene, name);
        _situations[after] = new Situation(after, await ExamineAsync(scene, api, name), [.. InTree, "run-unfinished", "no-usable-backup", "old-folder-unpruned"]);
    }

    /// <summary>A Cluster that was deleted without its volumes, and one that was made anew and has taken them over.</summary>
    private async Task OrphanAsync(ClusterScene scene, KubernetesApi api)
    {
        const string Cluster = "healthy";
        await scene.Namespace.KubectlAsync(Ct, "delete", "cluster", Cluster, "--cascade=orphan");
        await scene.Namespace.KubectlAsync(Ct, "delete", "pods,jobs,services,configmaps,secrets", "-l", $"cnpg.io/cluster={Cluster}", "--wait");
        await scene.UntilAsync("pvc", claims => claims!["items"]!.AsArray().All(claim => claim!["metadata"]!["name"]!.GetValue<string>() != $"{Cluster}-1" || claim["metadata"]!["ownerReferences"] is null), Ct);
        var manifest = scene.Manifests.Recovery(Cluster, Cluster, $"{Cluster}-v2");
        using var person = new Person(scene.Namespace.Server);
        person.Write("cluster.yaml", manifest);
        var set = ManifestFiles.Read([Path.Combine(person.Folder, "cluster.yaml")]);
        Task<Examination> LookAsync() => Examiner.ExamineAsync(
            new ExaminationRequest(Cluster, scene.Namespace.Name, api, TimeProvider.System)
            {
                File = set.ReadJson(Cluster),
                Written = set.Read(Cluster),
                OpenStore = _ => throw new InvalidOperationException("the Secret opens the bucket"),
            },
            Ct);
        _situations["gone"] = new Situation("gone", await LookAsync(), ["cluster-missing", "orphan-volumes"]);

        await scene.Namespace.ApplyAsync(manifest, Ct);
        await scene.HealthyAsync(Cluster, Ct);
        await ArchivedAsync(scene, Cluster);
        await RecordAsync(scene, api, Cluster, [.. InTree, "orphan-volumes-adopted", "no-usable-backup", "old-folder-unpruned"], "adopted");

        await scene.Namespace.KubectlAsync(Ct, "delete", "cluster", Cluster, "--cascade=orphan");
        await scene.Namespace.KubectlAsync(Ct, "delete", "pods,jobs,services,configmaps,secrets", "-l", $"cnpg.io/cluster={Cluster}", "--wait");
        _repaired["gone"] = await person.FollowAsync(Verdict.On(await LookAsync()), Repairs["gone"], LookAsync, Ct);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

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

    private static string LivingManifests(ClusterScene scene, ClusterStory story, TlsFront front) => string.Join("\n---\n",
    [
        Imaged(scene, "without-barman"),
        $"apiVersion: v1\nkind: Secret\nmetadata: {{name: ca}}\ndata: {{ca.crt: {Base64(front.AuthorityPem)}}}",
        Imaged(scene, "newer-boto3").Replace(
            $"endpointURL: {scene.Manifests.Endpoint}", $"endpointURL: {scene.Namespace.Server.ForPods(front.Endpoint)}\n      endpointCA: {{name: ca, key: ca.crt}}", StringComparison.Ordinal),
        scene.Manifests.Initdb("healthy", "healthy"),
        scene.Manifests.Initdb("recreated", "orders-v1"),
        scene.Manifests.Initdb("swapped", "swapped"),
        scene.Manifests.Recovery("early", "whole", "early", annotations: $"stand-in.cnpg-restore/fail-wal-restore-from: \"{story.Moments[^1].Segment}\""),
        scene.Manifests.Recovery("plain", "orders-v1", "plain").Replace(", database: orders, owner: orders", "", StringComparison.Ordinal),
    ]);

    /// <summary>Of the node's image of its name.</summary>
    private static string Imaged(ClusterScene scene, string name) =>
        scene.Manifests.Initdb(name, name).Replace("spec:\n", $"spec:\n  imageName: localhost/postgres-{name}:15\n", StringComparison.Ordinal);

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

        // That a volume cannot be had, only an event says.
        var deadline = Task.Delay(TimeSpan.FromMinutes(15), Ct);
        while (await scene.EventsAsync(Ct) is var events && !events.Contains("FailedMount", StringComparison.Ordinal))
        {
            Assert.False(deadline.IsCompleted, $"no volume failed to be mounted within a quarter of an hour\n{events}");
            await Task.Delay(TimeSpan.FromMilliseconds(500), Ct);
        }

        using var person = new Person(scene.Namespace.Server);
        var dumps = Directory.CreateDirectory(Path.Combine(person.Folder, "dumps")).FullName;
        var dump = await scene.Namespace.KubectlAsync(Ct, "exec", "healthy-1", "-c", "postgres", "--", "pg_dump", "orders");
        person.Write(Path.Combine("dumps", "orders-20261122-143000.sql"), dump);
        var all = await ExamineAsync(scene, api, "healthy", dumps);
        foreach (var load in LoadJobs.All)
        {
            _situations[load.Name] = new Situation(load.Name, Only(load, all), [.. InTree, .. load.Expected]);
        }

        // A restore waits for whoever uses the database, and these would wait for their volume for ever.
        await scene.Namespace.KubectlAsync(Ct, ["delete", "job", "--wait", .. LoadJobs.All.Where(load => !load.Ends).Select(load => load.Name)]);
        foreach (var load in LoadJobs.All.Where(load => load.IsFollowed))
        {
            _repaired[load.Name] = await person.FollowAsync(
                Verdict.On(_situations[load.Name].Examination), Repairs[load.Name], async () => Only(load, await ExamineAsync(scene, api, "healthy", dumps)), Ct);
        }

        // Nothing of them is left for the situations that follow.
        await scene.Namespace.KubectlAsync(Ct, ["delete", "job", "--wait", "--ignore-not-found", .. LoadJobs.All.Select(load => load.Name)]);
    }

    /// <summary>As if the other Jobs were not there.</summary>
    private static Examination Only(LoadJobs load, Examination all) => all with
    {
        Pods = [.. all.Pods.Where(pod => pod["metadata"]!["name"]!.GetValue<string>() is var name && !LoadJobs.All.Any(other => other != load && name.StartsWith($"{other.Name}-", StringComparison.Ordinal)))],
    };

    private async Task RecordAsync(ClusterScene scene, KubernetesApi api, string cluster, IReadOnlyList<string> expected, string? name = null) =>
        _situations[name ?? cluster] = new Situation(name ?? cluster, await ExamineAsync(scene, api, cluster), expected);

    private static Task<Examination> ExamineAsync(ClusterScene scene, KubernetesApi api, string cluster, string? dumps = null) => Examiner.ExamineAsync(
        new ExaminationRequest(cluster, scene.Namespace.Name, api, TimeProvider.System) { Dumps = dumps, OpenStore = _ => throw new InvalidOperationException("the Cluster names its bucket") }, Ct);
}
