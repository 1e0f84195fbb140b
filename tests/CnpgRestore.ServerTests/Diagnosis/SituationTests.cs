using System.Formats.Tar;
using System.IO.Compression;
using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Report;
using CnpgRestore.Kubernetes;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Diagnosis;

/// <summary>All checks against what shows without pods: exactly what is expected is found, on a real API server and a real bucket.</summary>
public sealed class SituationTests(TestBed bed)
{
    private static readonly string[] InTree = ["in-tree-before-1-31", "checksum-variables-missing"];

    /// <summary>What the tests below find, each by its name.</summary>
    public static IEnumerable<string> Found { get; } =
    [
        "cluster-missing", "orphan-volumes", "target-folder-exists", "instances-not-ready", "major-version-mismatch", "wal-missing", "failed-backup-chosen", "source-folder-missing",
        "access-key-unknown", "secret-key-wrong", "permission-missing", "dump-truncated", "dump-empty", "backup-file-not-found",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_healthy_Cluster_has_notes_only_and_its_verdict_is_healthy()
    {
        await using var scene = await RecordedScene.OpenAsync(bed, "orders");
        await scene.LiveAsync(scene.Manifests.Initdb("orders", "orders"));

        var exam = await scene.ExamineAsync();

        new Situation("healthy", exam, InTree).Assert();
        Assert.Equal((0, "healthy"), (Verdict.On(exam).ExitCode, Verdict.On(exam).StateWord));
        Assert.Empty(exam.Notes);
    }

    [Fact]
    public async Task A_Cluster_that_is_gone_is_judged_by_its_manifest_its_volumes_and_its_bucket()
    {
        await using var scene = await RecordedScene.OpenAsync(bed, "orders");
        await scene.CreateAsync("""
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: orders-1, labels: {cnpg.io/cluster: orders}, annotations: {cnpg.io/nodeSerial: "1", cnpg.io/pvcStatus: ready}}
            spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """);

        var exam = await scene.ExamineAsync(scene.Manifests.Recovery("orders", "orders", "orders-v2"));

        new Situation("gone", exam, ["cluster-missing", "orphan-volumes"]).Assert();
        var verdict = Verdict.On(exam);
        Assert.Equal(4, verdict.ExitCode);
        Assert.Equal($"kubectl delete pvc -n {scene.Api.Namespace} orders-1", verdict.Findings.Single(finding => finding.Id == "orphan-volumes").Command);
        await ToolProcess.RunAsync(scene.Api.Server.Kubectl("delete", "pvc", "-n", scene.Api.Namespace, "orders-1", "--wait=false"), Ct);
    }

    [Fact]
    public async Task A_manifest_that_recovers_from_the_folder_of_an_earlier_incident_is_told_before_old_data_comes_back()
    {
        await using var scene = await RecordedScene.OpenAsync(bed, "orders", "orders-backup");
        var story = await bed.StoryAsync(BarmanCompression.Gzip, Ct);
        foreach (var item in await scene.S3.ListAsync(new S3Folder(scene.Bucket, $"orders-backup/base/{story.Backups[^1]}/"), Ct))
        {
            await scene.S3.Client.DeleteObjectAsync(scene.Bucket, item.Key, Ct);
        }

        new Situation("target", await scene.ExamineAsync(scene.Manifests.Recovery("orders", "orders-backup", "orders")), ["cluster-missing", "target-folder-exists"]).Assert();
    }

    [Fact]
    public async Task A_major_version_that_does_not_fit_is_told_before_the_Job_has_tried()
    {
        await using var scene = await RecordedScene.OpenAsync(bed, "orders");
        await scene.LiveAsync(
            scene.Manifests.Recovery("orders", "orders", "orders-v2").Replace("  instances: 1\n", "  instances: 1\n  imageName: ghcr.io/cloudnative-pg/postgresql:17.5-system-bookworm\n", StringComparison.Ordinal),
            RecordedScene.SettingUp());

        new Situation("major", await scene.ExamineAsync(), [.. InTree, "instances-not-ready", "major-version-mismatch"]).Assert();
    }

    [Fact]
    public async Task A_gap_in_the_WAL_and_a_failed_backup_that_would_be_chosen_are_told_while_the_Cluster_lives()
    {
        await using var scene = await RecordedScene.OpenAsync(bed);
        var barman = new BarmanCloud(scene.S3, scene.Bucket, "orders", BarmanCompression.Gzip);
        await using (var story = await BarmanStory.BeginAsync(scene.S3, barman, Ct))
        {
            await story.BackUpAsync(Ct);
            await story.ArchiveAsync(Ct);
            var lost = await story.ArchiveAsync(Ct);
            await story.ArchiveAsync(Ct);
            await story.FailBackupAtUploadAsync(Ct);
            await scene.S3.LoseWalAsync(story.Folder, lost, Ct);
        }

        await scene.LiveAsync(scene.Manifests.Initdb("orders", "orders"));

        new Situation("gap", await scene.ExamineAsync(), [.. InTree, "wal-missing", "failed-backup-chosen"]).Assert();
    }

    [Fact]
    public async Task A_user_who_may_read_nothing_gets_notes_and_no_false_alarm()
    {
        await using var scene = await RecordedScene.OpenAsync(bed, "orders");
        await scene.LiveAsync(scene.Manifests.Initdb("orders", "orders"));
        using var stranger = KubernetesApi.Connect(new KubernetesSettings { Kubeconfig = scene.Api.Server.StrangerKubeconfig, Namespace = scene.Api.Namespace });

        var exam = await scene.ExamineAsync(api: stranger);

        new Situation("stranger", exam, []).Assert();
        Assert.Contains(exam.Notes, note => note.StartsWith("pods could not be read: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "AKTEST", "SKTEST", "")]
    [InlineData("order", "AKTEST", "SKTEST", "source-folder-missing")]
    [InlineData(null, "AKNOBODY", "SKTEST", "access-key-unknown")]
    [InlineData(null, "AKTEST", "wrong", "secret-key-wrong")]
    [InlineData(null, "AKSTRANGER", "SKSTRANGER", "permission-missing")]
    public async Task The_bucket_alone_is_judged_without_Kubernetes(string? server, string accessKey, string secretKey, string expected)
    {
        await using var scene = await RecordedScene.OpenAsync(bed, "orders");

        var exam = await scene.ExamineBucketAsync(server, accessKey, secretKey);

        new Situation("bucket", exam, expected.Length == 0 ? [] : [expected]).Assert();
    }

    [Fact]
    public async Task The_newest_dump_is_judged_by_what_is_in_it()
    {
        await using var scene = await RecordedScene.OpenAsync(bed, "orders");
        await scene.LiveAsync(scene.Manifests.Initdb("orders", "orders"));
        var golden = Path.Combine(TestEnvironment.Repository, "tests", "CnpgRestore.Tests", "Golden", "dumps");
        var whole = await File.ReadAllBytesAsync(Path.Combine(golden, "app.sql.gz"), Ct);
        foreach (var (name, content, expected) in ((string, byte[], string[])[])
            [
                ("whole", whole, []), ("cut", whole[..(whole.Length / 2)], ["dump-truncated"]),
                ("empty", await File.ReadAllBytesAsync(Path.Combine(golden, "empty.sql.gz"), Ct), ["dump-empty"]),
            ])
        {
            var folder = Directory.CreateDirectory(Path.Combine(scene.Folder, name)).FullName;
            await File.WriteAllBytesAsync(Path.Combine(folder, "app-20261122-143000.sql.gz"), content, Ct);
            new Situation(name, await scene.ExamineAsync(dumps: folder), [.. InTree, .. expected]).Assert();
        }

        new Situation("nowhere", await scene.ExamineAsync(dumps: Path.Combine(scene.Folder, "nowhere")), [.. InTree, "backup-file-not-found"]).Assert();
    }

    [Fact]
    public async Task A_report_holds_what_was_read_and_no_secret()
    {
        const string Canary = "canary-that-nobody-may-see";
        await using var scene = await RecordedScene.OpenAsync(bed, "orders");
        await scene.CreateAsync($"apiVersion: v1\nkind: Secret\nmetadata: {{name: canary}}\nstringData:\n  password: {Canary}\n");
        await scene.LiveAsync(scene.Manifests.Initdb("orders", "orders", $"note: 'postgres://app:in-a-url@db/app {Canary}'").Replace(
            "  instances: 1\n", "  instances: 1\n  env: [{name: SOME_PASSWORD, value: in-an-env}, {name: TZ, value: UTC}]\n", StringComparison.Ordinal));
        var path = Path.Combine(scene.Folder, "report.tar.gz");

        await ReportBundle.WriteAsync(
            path, Verdict.On(await scene.ExamineAsync()), $$"""{"said":"password={{Canary}} AKIAABCDEFGHIJKLMNOP"}""", await Redaction.ReadAsync(scene.Api.Api, scene.Api.Namespace, Ct), Ct);

        var texts = await ReadAsync(path);
        Assert.Contains(texts, text => text.Key == "doctor/objects/cluster-orders.yaml" && text.Value.Contains("value: UTC", StringComparison.Ordinal));
        Assert.All(texts.Values, text => Assert.All((string[])[Canary, "in-a-url", "in-an-env", "AKIAABCDEFGHIJKLMNOP", S3Server.SecretKey], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    private static async Task<Dictionary<string, string>> ReadAsync(string path)
    {
        await using var file = File.OpenRead(path);
        await using var packed = new GZipStream(file, CompressionMode.Decompress);
        await using var tar = new TarReader(packed);
        var texts = new Dictionary<string, string>();
        while (await tar.GetNextEntryAsync(copyData: true, Ct) is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream ?? Stream.Null);
            texts[entry.Name] = await reader.ReadToEndAsync(Ct);
        }

        return texts;
    }
}
