using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Manifests;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>What this machine cannot open is no fault of the Cluster; what its pods say of the bucket is heard all the same.</summary>
public sealed class AccessFindingTests
{
    private const string Unknown = "An error occurred (InvalidAccessKeyId) when calling the ListObjectsV2 operation";

    private static readonly BucketExamination Unreachable = new("s3://bucket", null, new Problem(ProblemCode.Unreachable, "the object store cannot be reached"), [], []);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://account.blob.core.windows.net/backups")]
    [InlineData("gs://backups/orders")]
    public async Task A_bucket_that_is_not_of_S3_is_noted_as_not_read(string path)
    {
        var (bucket, notes) = await ReadAsync($$$"""{"barmanObjectStore":{"destinationPath":"{{{path}}}"}}""", "never asked");

        Assert.Equal((BucketExamination.None, $"the bucket {path} was not looked at: Azure and Google Cloud Storage are not supported"), (bucket, Assert.Single(notes)));
    }

    [Fact]
    public async Task A_bucket_that_the_pods_open_with_a_role_is_noted_as_not_read()
    {
        var (bucket, notes) = await ReadAsync("""{"barmanObjectStore":{"destinationPath":"s3://bucket","s3Credentials":{"inheritFromIAMRole":true}}}""", "no S3 credentials are configured");

        Assert.Same(BucketExamination.None, bucket);
        Assert.Contains("inherit an IAM role", Assert.Single(notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_with_a_key_that_is_refused_stays_a_finding()
    {
        var (bucket, notes) = await ReadAsync("""{"barmanObjectStore":{"destinationPath":"s3://bucket"}}""", "no S3 credentials are configured");

        Assert.Equal("no S3 credentials are configured", bucket.Problem?.Message);
        Assert.Empty(notes);
    }

    [Fact]
    public void The_words_of_the_pods_are_heard_beside_a_bucket_that_does_not_open_from_here()
    {
        var exam = Instance(""","conditions":[{"type":"ContinuousArchiving","status":"False"}]""") with { Bucket = Unreachable };

        Assert.True(LiveExam.Has(exam, "access-key-unknown"));
        LiveExam.Single(exam with { Logs = [new ContainerLog("orders-1", "postgres", null, ["Could not connect to the endpoint URL: \"https://s3\""])] }, "endpoint-unreachable");
    }

    [Fact]
    public void Old_words_of_an_instance_that_archives_are_over()
    {
        var exam = Instance(""","conditions":[{"type":"ContinuousArchiving","status":"True"}]""", instances: 2);

        Assert.False(LiveExam.Has(exam, "access-key-unknown"));
        Assert.True(LiveExam.Has(Instance("", instances: 2), "access-key-unknown"));
    }

    private static Examination Instance(string conditions, int instances = 1) => LiveExam.Of(LiveExam.Healthy(conditions), spec: $$$"""{"instances":{{{instances}}}}""") with
    {
        Pods = [LiveExam.Instance("orders-1")],
        Logs = [new ContainerLog("orders-1", "postgres", null, [Unknown])],
    };

    private static async Task<(BucketExamination Bucket, IReadOnlyList<string> Notes)> ReadAsync(string backup, string refusal)
    {
        var live = LiveExam.Of("{}", backup: backup).Live!;
        var notes = new NoteTaking();
        var request = new ExaminationRequest("orders", "shop", null, TimeProvider.System) { OpenStore = _ => throw new RestoreException(ProblemCode.AccessDenied, refusal) };
        return (await BucketCollection.ReadAsync(request, live, ClusterManifest.Read(live, _ => null), notes, Ct), notes.Notes);
    }
}
