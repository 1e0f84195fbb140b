using CnpgRestore.Barman.Findings;
using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Tests.Barman;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>"Expected empty archive" from a Cluster that serves: what it holds may be nowhere else. On a folder that barman wrote.</summary>
public sealed class EmptyArchiveFindingTests : IDisposable
{
    private const string Words = "ERROR: WAL archive check failed for server postgres-v15: Expected empty archive";
    private const string Own = "7711054909860330953";
    private const string Before = "2026-11-01T00:00:00Z";
    private const string After = "2026-11-25T00:00:00Z";
    private const string Initdb = """{"bootstrap":{"initdb":{}}}""";
    private const string Archive = """{"barmanObjectStore":{"destinationPath":"s3://bucket","serverName":"postgres-v15"}}""";

    private readonly GoldenFolder _golden = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failover_that_woke_the_check_again_is_no_reason_to_recover()
    {
        var finding = LiveExam.Single(await ServingAsync(Own, Initdb, Before), "expected-empty-archive-own-folder");

        Assert.Equal("kubectl exec -n shop orders-2 -c postgres -- rm /var/lib/postgresql/data/pgdata/.check-empty-wal-archive", finding.Command);
        Assert.Contains(finding.Evidence, item => item.Text.Contains(Own, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cluster_made_anew_is_told_what_a_recovery_takes_from_it()
    {
        var finding = LiveExam.Single(await ServingAsync("7000000000000000001", Initdb, After), "expected-empty-archive-recreated");

        Assert.Equal("cnpg-restore from-backup orders -n shop --lineage new", finding.Command);
        Assert.Contains("dump first", finding.Ailment.Repair, StringComparison.Ordinal);
        Assert.DoesNotContain("is empty", finding.Ailment.Cause, StringComparison.Ordinal);
    }

    [Theory]
    // pg_upgrade has given it a new identifier: it wrote the folder all the same.
    [InlineData("7000000000000000001", Initdb, Before)]
    // No instance has said who it is.
    [InlineData("", Initdb, After)]
    // Two recoveries of one source have one identifier, and the former has archived here.
    [InlineData(Own, Recovery, After)]
    [InlineData("7000000000000000001", Recovery, After)]
    public async Task Where_nothing_proves_whose_the_folder_is_the_Cluster_archives_elsewhere(string system, string spec, string created)
    {
        var exam = await ServingAsync(system, spec, created);

        Assert.Equal("kubectl edit cluster orders -n shop", LiveExam.Single(exam, "expected-empty-archive-serving").Command);
        Assert.DoesNotContain(Verdict.On(exam).Findings, finding => finding.Id.StartsWith("expected", StringComparison.Ordinal) && finding.Command!.Contains("from-backup", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bucket_that_is_not_read_proves_nothing() =>
        Assert.True(LiveExam.Has(await ServingAsync(Own, Initdb, Before) with { Bucket = BucketExamination.None }, "expected-empty-archive-serving"));

    [Fact]
    public async Task A_folder_that_another_Cluster_archives_to_is_not_its_own() => Assert.True(LiveExam.Has(
        await ServingAsync(Own, Initdb, Before) with { OtherFolders = [new OtherFolder("web", new BackupFolder("postgres-v15", true, null, "store"))] }, "expected-empty-archive-serving"));

    [Fact]
    public async Task A_recovered_Cluster_that_wrote_all_of_the_folder_is_its_owner() => Assert.True(LiveExam.Has(await ServingAsync(Own, Recovery, Before), "expected-empty-archive-own-folder"));

    [Theory]
    [InlineData("s3://bucket", "expected-empty-archive-same-folder")]
    [InlineData("s3://other", "expected-empty-archive")]
    public void The_same_server_name_in_another_bucket_is_another_folder(string bucket, string expected)
    {
        const string Job = "orders-1-full-recovery";
        var exam = LiveExam.Of("""{"phase":"Setting up primary"}""", spec: Recovery.Replace("s3://bucket", bucket, StringComparison.Ordinal).Replace("origin-v15", "postgres-v15", StringComparison.Ordinal), backup: Archive) with
        {
            Pods = [LiveExam.PodOf(Job, labels: """{"cnpg.io/cluster":"orders"}""")],
            Logs = [new ContainerLog($"{Job}-x2k9p", "full-recovery", Job, [Words])],
        };

        LiveExam.Single(exam, expected);
    }

    public void Dispose() => _golden.Dispose();

    private const string Recovery = """{"bootstrap":{"recovery":{"source":"origin"}},"externalClusters":[{"name":"origin","barmanObjectStore":{"destinationPath":"s3://bucket","serverName":"origin-v15"}}]}""";

    private async Task<Examination> ServingAsync(string system, string spec, string created)
    {
        var state = await FolderState.ReadAsync(_golden.Store, "postgres-v15", Ct);
        var status = """{"phase":"Cluster in healthy state","readyInstances":2,"currentPrimary":"orders-2","systemID":"SYSTEM","conditions":[{"type":"ContinuousArchiving","status":"False"}]}""";
        return LiveExam.Of(status.Replace("SYSTEM", system, StringComparison.Ordinal), $$"""{"creationTimestamp":"{{created}}"}""", spec, Archive) with
        {
            Pods = [LiveExam.Instance("orders-1"), LiveExam.Instance("orders-2")],
            Logs = [new ContainerLog("orders-2", "plugin-barman-cloud", null, [Words])],
            Bucket = new BucketExamination("s3://bucket", null, null, ["postgres-v15"], [new FolderExamination(state, FolderFindings.Of(state.Catalog, state.Archive))]),
        };
    }
}
