using CnpgRestore.Barman.Findings;
using CnpgRestore.Compression;
using CnpgRestore.Dumps;
using CnpgRestore.Dumps.Folder;
using CnpgRestore.Dumps.Inspection;
using CnpgRestore.Kubernetes;
using CnpgRestore.Plans.Advice;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Plans.FromBackup;

namespace CnpgRestore.Tests.Plans.Advice;

/// <summary>Situations as data: all is well, and each test takes something away.</summary>
static class Views
{
    public static readonly DateTimeOffset Now = At("2026-11-22T14:00:00Z");

    /// <summary>The Cluster is broken; the bucket goes to ten minutes ago, the dump is of the night.</summary>
    public static AdviceView Usual { get; } = new(
        new AdviceRequest { Cluster = "postgres-v17", Dumps = "/mnt/nfs/postgres", Limit = TimeSpan.FromSeconds(30), KubernetesWords = ["-n", "database"] },
        new KubernetesSight { Server = "https://api:6443", Namespace = "database", Answers = true, HasCnpg = true, OperatorRuns = true, Operator = "cloudnative-pg:1.27.0, 1 ready", Cluster = Cluster(ClusterPhase.Unrecoverable, 0) },
        new BucketSight
        {
            Stage = BucketStage.Read,
            Address = "s3://cloudnative-pg at gateway.storjshare.io",
            Server = "postgres-v17",
            Recovery = Recovery,
            Rate = new TransferRate(8 << 20, TimeSpan.FromSeconds(1)),
        },
        Night,
        new FolderChoice(Lineage.New, "postgres-v17", "postgres-v17", "postgres-v17-20261122t140000z", null, "nothing has to be copied, and the manifest can carry the new name"),
        LocalFree: null,
        Now);

    public static BucketRecovery Recovery => new()
    {
        BackupId = "20261122T020000",
        BackupEnd = At("2026-11-22T02:10:00Z"),
        Stored = new ByteSize(800L << 20),
        Version = "17.5",
        SystemId = "7711054909860330953",
        FirstSegment = "000000010000000000000010",
        LastSegment = "000000010000000000000073",
        Segments = 100,
        SegmentStored = new ByteSize(4 << 20),
        LastCommit = At("2026-11-22T13:50:00Z"),
        LastArchived = At("2026-11-22T13:52:00Z"),
        UpTo = At("2026-11-22T13:50:00Z"),
        Proof = "the WAL is unbroken",
    };

    public static DumpSight Night => OfDump("2026-11-22T03:00:00Z");

    public static DumpSight OfDump(string time)
    {
        var file = new DumpFile("/mnt/nfs/postgres/last/app-20261122-030000.sql.gz", new ByteSize(100L << 20), At(time), ArchiveCompression.Gzip, DumpFormat.Plain);
        return new DumpSight
        {
            Path = "/mnt/nfs/postgres",
            Database = "app",
            Count = 3,
            Chosen = new KeptDump(file, ["last/app-20261122-030000.sql.gz"], [], "app", At(time)),
            Inspection = new DumpInspection(file, DumpState.Complete, "it ends with the last line of pg_dump") { TextSize = new ByteSize(600L << 20), ServerVersion = "17.5" },
            IsLatest = true,
            Rate = new TransferRate(10 << 20, TimeSpan.FromSeconds(1), 60 << 20),
        };
    }

    public static CnpgCluster Cluster(string phase, int ready, string system = "7711054909860330953") => CnpgCluster.Read(System.Text.Json.Nodes.JsonNode.Parse(
        $$"""{"metadata":{"name":"postgres-v17","namespace":"database","uid":"1"},"spec":{"instances":3},"status":{"phase":"{{phase}}","readyInstances":{{ready}},"systemID":"{{system}}"} }""")!.AsObject());

    public static AdviceView With(this AdviceView view, BucketSight bucket) => view with { Bucket = bucket, Lineage = bucket.Recovery is null ? null : view.Lineage };

    public static BucketSight Failed(BucketStage stage, ProblemCode code, string message) => new() { Stage = stage, Problem = new Problem(code, message), Address = "s3://cloudnative-pg" };

    public static BucketSight Doubtful => Usual.Bucket with { Findings = [new Finding(FindingSeverity.Error, "two-system-ids", "backups of 2 different database systems lie in one folder")] };

    public static AdviceView WithoutKubernetes => Usual with { Kubernetes = new KubernetesSight { NotAsked = "no CLUSTER is named" }, Request = Usual.Request with { Cluster = null, KubernetesWords = [] } };

    public static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);
}
