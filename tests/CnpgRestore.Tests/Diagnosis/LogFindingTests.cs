using CnpgRestore.Barman.Findings;
using CnpgRestore.Diagnosis;
using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Manifests;
using CnpgRestore.Plans.Clusters;
using CnpgRestore.Tests.Barman;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>Lines as boto3, Barman, PostgreSQL and CloudNativePG write them, and what they are called.</summary>
public sealed class LogFindingTests : IDisposable
{
    private const string Job = "orders-1-full-recovery";
    private const string FirstWal = "encountered an error while checking the presence of first needed WAL in the archive: ";
    private const string NoCheckpoint = """{"level":"info","logger":"postgres","msg":"record","record":{"error_severity":"FATAL","message":"could not locate required checkpoint record at 0/D000028"}}""";
    private const string Refused = """{"level":"warning","msg":"Refusing to restore future timeline history file","walName":"NAME.history","fileTimeline":2,"clusterTimeline":0}""";
    private const string Recovery = """{"bootstrap":{"recovery":{"source":"origin"}},"externalClusters":[{"name":"origin","barmanObjectStore":{"destinationPath":"s3://bucket","serverName":"postgres-v15"}}]}""";
    private const string ByPlugin = """
        {"bootstrap":{"recovery":{"source":"origin"}},"externalClusters":[{"name":"origin","plugin":{"name":"barman-cloud.cloudnative-pg.io","parameters":{"barmanObjectName":"former","serverName":"postgres-v15"}}}],
         "plugins":[{"name":"barman-cloud.cloudnative-pg.io","isWALArchiver":true,"parameters":{"barmanObjectName":"store"}}]}
        """;

    private readonly GoldenFolder _golden = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FirstWal + "file not found 000000010000000000000005: WAL not found", "first-wal-missing")]
    [InlineData(FirstWal + "generic error code encountered while executing barman-cloud-wal-restore", "first-wal-not-asked")]
    [InlineData(FirstWal + "connectivity failure while executing barman-cloud-wal-restore, retrying", "first-wal-not-asked")]
    [InlineData("ERROR: An error occurred (SignatureDoesNotMatch) when calling the PutObject operation: Invalid argument.", "checksums-not-understood")]
    [InlineData("ERROR: An error occurred (SignatureDoesNotMatch) when calling the ListObjectsV2 operation: The request signature", "secret-key-wrong")]
    [InlineData("An error occurred (InvalidRequest) when calling the UploadPart operation: Checksum Type mismatch occurred, expected checksum Type: null, actual checksum Type: crc32", "checksums-not-understood")]
    [InlineData("An error occurred (InvalidArgument) when calling the PutObject operation: Unsupported header 'x-amz-sdk-checksum-algorithm' received for this API call.", "checksums-not-understood")]
    [InlineData("An error occurred (InvalidArgument) when calling the PutObject operation: x-amz-content-sha256 must be UNSIGNED-PAYLOAD, or a valid sha256 value.", "checksums-not-understood")]
    [InlineData("An error occurred (AccessDenied) when calling the CreateBucket operation: Access Denied", "bucket-missing")]
    [InlineData("An error occurred (BucketAlreadyExists) when calling the CreateBucket operation: The requested bucket name is not available.", "bucket-missing")]
    [InlineData("An error occurred (IllegalLocationConstraintException) when calling the CreateBucket operation", "bucket-missing")]
    [InlineData("An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform sts:AssumeRoleWithWebIdentity", "role-not-assumed")]
    [InlineData("An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: No OpenIDConnect provider found in your account", "role-not-assumed")]
    [InlineData("ERROR: Barman cloud WAL archiver exception: Unable to locate credentials", "role-not-assumed")]
    [InlineData("missing Azure credentials", "credentials-not-named")]
    [InlineData("Connection was closed before we received a valid response from endpoint URL: \"https://gw/b\".", "endpoint-unreachable")]
    [InlineData("Connect timeout on endpoint URL: \"https://gw/b\"", "endpoint-unreachable")]
    [InlineData("An error occurred (400) when calling the HeadBucket operation: Bad Request", "region-wrong")]
    [InlineData("An error occurred (AuthorizationHeaderMalformed) when calling the ListObjectsV2 operation: The authorization header is malformed; the region 'us-east-1' is wrong", "region-wrong")]
    [InlineData("An error occurred (InvalidObjectState) when calling the GetObject operation: The operation is not valid for the object's storage class", "object-in-archive-class")]
    [InlineData("FATAL:  WAL ends before end of online backup", "backup-end-not-archived")]
    [InlineData("FATAL:  WAL ends before consistent recovery point", "backup-end-not-archived")]
    [InlineData("FATAL:  resource manager with ID 145 not registered", "resource-manager-missing")]
    [InlineData("FATAL:  could not access file \"vchord.so\": No such file or directory", "preload-library-missing")]
    [InlineData("ERROR: Barman cloud restore exception: [Errno 30] Read-only file system: '/var/lib/postgresql/tablespaces'", "tablespace-not-declared")]
    [InlineData("error while waiting for the API server to be reachable: dial tcp 10.96.0.1:443: i/o timeout", "api-server-unreachable")]
    public void A_line_of_a_recovery_is_called_what_it_is(string line, string expected)
    {
        var found = Verdict.On(Recovering(line)).Findings.Where(finding => finding.Id is not ("instances-not-ready" or "in-tree-before-1-31")).ToList();

        Assert.Equal(expected, Assert.Single(found).Id);
        Assert.DoesNotMatch(@"\{[a-z]+\}", found[0].Command!);
    }

    [Fact]
    public void An_error_of_SQL_is_no_library_that_PostgreSQL_does_not_start_without() =>
        Assert.False(LiveExam.Has(Recovering("ERROR:  could not access file \"$libdir/gone\": No such file or directory"), "preload-library-missing"));

    [Fact]
    public void A_question_that_could_not_be_asked_is_no_finding_beside_its_reason()
    {
        var exam = Recovering("An error occurred (InvalidAccessKeyId) when calling the ListObjectsV2 operation", FirstWal + "generic error code encountered while executing barman-cloud-wal-restore");

        Assert.True(LiveExam.Has(exam, "access-key-unknown"));
        Assert.False(LiveExam.Has(exam, "first-wal-not-asked"));
    }

    [Fact]
    public void A_missing_bucket_is_no_permission_that_the_key_lacks() =>
        Assert.DoesNotContain("the key lacks", LiveExam.Single(Recovering("An error occurred (AccessDenied) when calling the CreateBucket operation: Access Denied"), "bucket-missing").What, StringComparison.Ordinal);

    [Theory]
    [InlineData("https://storage.googleapis.com", false, "", "checksums-not-understood")]
    [InlineData("https://s3.example.org", true, "", "checksums-not-understood")]
    [InlineData("https://s3.example.org", false, "", "secret-key-wrong")]
    [InlineData("https://s3.example.org", true, "newline", "secret-trailing-newline")]
    public void An_upload_whose_signature_is_refused_while_the_key_reads_is_of_the_checksums(string endpoint, bool isRead, string secret, string expected)
    {
        var exam = Archiving("An error occurred (SignatureDoesNotMatch) when calling the UploadPart operation: The request signature", endpoint) with
        {
            Bucket = isRead ? new BucketExamination("s3://bucket", endpoint, null, [], []) : BucketExamination.None,
            Secrets = secret.Length == 0 ? [] : [new SecretShape("s3", "KEY", "secretAccessKey", ["KEY"], false, EndsInNewline: true)],
        };

        Assert.True(LiveExam.Has(exam, expected));
        Assert.Equal(expected == "secret-key-wrong", LiveExam.Has(exam, "secret-key-wrong"));
    }

    [Theory]
    [InlineData("CERTIFICATE_VERIFY_FAILED", "endpoint-certificate")]
    [InlineData("(NoSuchBucket)", "bucket-missing")]
    [InlineData("XAmzContentSHA256Mismatch", "checksums-not-understood")]
    [InlineData("(AuthorizationHeaderMalformed)", "region-wrong")]
    public void What_stands_in_an_ObjectStore_is_edited_there(string line, string id)
    {
        var recovering = LiveExam.Of("""{"phase":"Setting up primary"}""", spec: ByPlugin, backup: "{}") with { Pods = Pods, Logs = Logs([line]) };
        var serving = LiveExam.Of(LiveExam.Healthy(""","conditions":[{"type":"ContinuousArchiving","status":"False"}]"""), spec: ByPlugin, backup: "{}") with
        {
            Pods = [LiveExam.Instance("orders-1")],
            Logs = [new ContainerLog("orders-1", "plugin-barman-cloud", null, [line])],
        };

        Assert.Equal("kubectl edit objectstore former -n shop", LiveExam.Single(recovering, id).Command);
        Assert.Equal("kubectl edit objectstore store -n shop", LiveExam.Single(serving, id).Command);
        Assert.Equal("kubectl edit cluster orders -n shop", LiveExam.Single(Recovering(line), id).Command);
    }

    [Fact]
    public void What_is_wrong_with_the_archive_is_edited_in_its_own_ObjectStore_while_another_is_read()
    {
        var recovering = LiveExam.Of("""{"phase":"Setting up primary"}""", spec: ByPlugin, backup: "{}");
        var exam = recovering with
        {
            Manifest = ClusterManifest.Read(recovering.Live!, _ => new BarmanStore("s3://bucket", "https://gw.example.org", null, null, null, null, null, false)),
            Bucket = new BucketExamination("s3://bucket", null, new Problem(ProblemCode.Unreachable, "the certificate of https://gw.example.org is not trusted"), [], []),
        };

        Assert.Equal("kubectl edit objectstore store -n shop", LiveExam.Single(exam, "checksum-variables-missing").Command);
        Assert.Equal("kubectl edit objectstore store -n shop", LiveExam.Single(exam, "endpoint-certificate").Command);
    }

    [Fact]
    public async Task A_checkpoint_that_is_not_found_in_a_whole_folder_is_no_missing_WAL()
    {
        var whole = Recovering(NoCheckpoint) with { Bucket = await BucketAsync() };
        _golden.Without("wals/0000000200000000/00000002000000000000000D.bz2");
        var gap = whole with { Bucket = await BucketAsync() };

        Assert.True(LiveExam.Has(whole, "first-wal-unreadable"));
        Assert.False(LiveExam.Has(whole, "first-wal-missing"));
        Assert.True(LiveExam.Has(gap, "first-wal-missing"));
        Assert.True(LiveExam.Has(Recovering(NoCheckpoint), "first-wal-missing"));
    }

    [Fact]
    public async Task A_history_that_is_refused_counts_where_the_bucket_has_it()
    {
        var bucket = await BucketAsync();
        Examination Refusing(string name) => Recovering(Refused.Replace("NAME", name, StringComparison.Ordinal)) with { Bucket = bucket };

        Assert.Equal("cnpg-restore backups list --cluster orders -n shop --server postgres-v15", LiveExam.Single(Refusing("00000002"), "recovery-cut-at-fork").Command);
        Assert.False(LiveExam.Has(Refusing("00000003"), "recovery-cut-at-fork"));
        Assert.False(LiveExam.Has(Refusing("00000002") with { Logs = [new ContainerLog("orders-1", "postgres", null, [Refused.Replace("NAME", "00000002", StringComparison.Ordinal)])] }, "recovery-cut-at-fork"));
    }

    [Fact]
    public async Task The_end_of_a_backup_on_an_idle_database_is_closed_on_its_primary()
    {
        foreach (var segment in (string[])["0D", "0E", "0F", "10"])
        {
            _golden.Without($"wals/0000000200000000/0000000200000000000000{segment}.bz2");
        }

        var exam = LiveExam.Of(LiveExam.Healthy(), backup: """{"barmanObjectStore":{"destinationPath":"s3://bucket","serverName":"postgres-v15"}}""") with { Pods = [LiveExam.Instance("orders-1")], Bucket = await BucketAsync() };

        Assert.Equal("kubectl exec -n shop orders-1 -c postgres -- psql -c 'SELECT pg_switch_wal()'", LiveExam.Single(exam, "backup-end-not-archived").Command);
        Assert.False(LiveExam.Has(exam, "folder-damaged"));
        Assert.False(LiveExam.Has(exam, "no-usable-backup"));
    }

    [Fact]
    public async Task A_segment_that_is_lost_in_the_middle_does_not_come_by_itself()
    {
        _golden.Without("wals/0000000200000000/00000002000000000000000D.bz2");
        var exam = LiveExam.Of(LiveExam.Healthy(), backup: """{"barmanObjectStore":{"destinationPath":"s3://bucket","serverName":"postgres-v15"}}""") with { Pods = [LiveExam.Instance("orders-1")], Bucket = await BucketAsync() };

        Assert.False(LiveExam.Has(exam, "backup-end-not-archived"));
    }

    public void Dispose() => _golden.Dispose();

    private static readonly System.Text.Json.Nodes.JsonObject[] Pods = [LiveExam.PodOf(Job, labels: """{"cnpg.io/cluster":"orders"}""")];

    private static ContainerLog[] Logs(IReadOnlyList<string> lines) => [new ContainerLog($"{Job}-x2k9p", "full-recovery", Job, lines)];

    private static Examination Recovering(params IReadOnlyList<string> lines) => LiveExam.Of("""{"phase":"Setting up primary"}""", spec: Recovery) with { Pods = Pods, Logs = Logs(lines) };

    private static Examination Archiving(string line, string endpoint) => LiveExam.Of(
        LiveExam.Healthy(""","conditions":[{"type":"ContinuousArchiving","status":"False"}]"""), backup: $$$"""{"barmanObjectStore":{"destinationPath":"s3://bucket","endpointURL":"{{{endpoint}}}"}}""") with
    {
        Pods = [LiveExam.Instance("orders-1")],
        Logs = [new ContainerLog("orders-1", "postgres", null, [line])],
    };

    private async Task<BucketExamination> BucketAsync()
    {
        var state = await FolderState.ReadAsync(_golden.Store, "postgres-v15", Ct);
        return new BucketExamination("s3://bucket", null, null, ["postgres-v15"], [new FolderExamination(state, FolderFindings.Of(state.Catalog, state.Archive))]);
    }
}
