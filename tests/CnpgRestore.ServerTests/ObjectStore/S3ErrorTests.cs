using CnpgRestore.ObjectStore;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.ObjectStore;

/// <summary>What the real server, or its absence, says, in the words of the runbook.</summary>
public sealed class S3ErrorTests(TestBed bed)
{
    private static readonly KeyPrefix Folder = new("postgres-v17/");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_secret_is_access_denied_and_hints_at_the_variable()
    {
        var settings = await SettingsAsync();

        var problem = await ListProblemAsync(settings with { Credentials = Credentials(S3Server.AccessKey, "wrong-secret-in-use") });

        Assert.Equal(ProblemCode.AccessDenied, problem.Code);
        Assert.StartsWith("Access denied", problem.Message, StringComparison.Ordinal);
        Assert.Contains(S3Server.AccessKey, problem.Message, StringComparison.Ordinal);
        Assert.Contains("AWS_SECRET_ACCESS_KEY", problem.Hint, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret-in-use", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_key_is_access_denied_and_named()
    {
        var settings = await SettingsAsync();

        var problem = await ListProblemAsync(settings with { Credentials = Credentials("AKNOBODY", "x") });

        Assert.Equal(ProblemCode.AccessDenied, problem.Code);
        Assert.StartsWith("Access denied", problem.Message, StringComparison.Ordinal);
        Assert.Contains("AKNOBODY", problem.Message, StringComparison.Ordinal);
        Assert.Contains("AWS_ACCESS_KEY_ID", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_is_denied_every_operation()
    {
        var settings = await SettingsAsync();
        using (var owner = new S3ObjectStore(settings, TimeProvider.System))
        {
            await owner.PutAsync(Folder.Key("a"), "a"u8.ToArray(), Ct);
        }

        using var stranger = new S3ObjectStore(settings with { Credentials = Credentials(S3Server.StrangerAccessKey, S3Server.StrangerSecretKey) }, TimeProvider.System);
        var a = new StoredObject(Folder.Key("a"), 1, ETag: null, DateTimeOffset.UnixEpoch);
        Func<Task>[] operations =
        [
            () => stranger.ListLevelAsync(Folder, Ct),
            () => stranger.FindAsync(a.Key, Ct),
            () => stranger.OpenReadAsync(a.Key, range: null, Ct),
            () => stranger.PutAsync(Folder.Key("b"), "b"u8.ToArray(), Ct),
            () => stranger.CopyAsync(a, Folder.Key("b"), Ct),
            () => stranger.DeleteAsync([a.Key], Ct),
        ];
        foreach (var operation in operations)
        {
            var problem = (await Assert.ThrowsAsync<RestoreException>(operation)).Problem;
            Assert.True(problem.Code == ProblemCode.AccessDenied, problem.ToString());
            Assert.StartsWith("Access denied", problem.Message, StringComparison.Ordinal);
            Assert.Contains("s3:ListBucket", problem.Hint, StringComparison.Ordinal);
        }

        using var again = new S3ObjectStore(settings, TimeProvider.System);
        Assert.Equal(Folder.Key("a"), Assert.Single((await again.ListLevelAsync(Folder, Ct)).Objects).Key);
    }

    [Fact]
    public async Task A_missing_bucket_is_NotFound_and_named()
    {
        var s3 = await bed.S3Async(Ct);
        using var store = new S3ObjectStore(StoreSettings.Of(s3.Endpoint, "s3://no-such-bucket-here"), TimeProvider.System);

        foreach (var operation in (Func<Task>[])[() => store.ListLevelAsync(Folder, Ct), () => store.PutAsync(Folder.Key("a"), new byte[1], Ct), () => store.DeleteAsync([Folder.Key("a")], Ct)])
        {
            var problem = (await Assert.ThrowsAsync<RestoreException>(operation)).Problem;
            Assert.True(problem.Code == ProblemCode.NotFound, $"{problem}");
            Assert.Equal($"bucket no-such-bucket-here does not exist at {s3.Endpoint}", problem.Message);
            Assert.Contains("--bucket", problem.Hint, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nobody_listening_is_Connection_refused()
    {
        var problem = await ListProblemAsync(StoreSettings.Of("http://127.0.0.1:1", "s3://bucket"));

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.Contains("Connection refused", problem.Message, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:1", problem.Message, StringComparison.Ordinal);
        Assert.Contains("--endpoint", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_unreachable()
    {
        var problem = await ListProblemAsync(StoreSettings.Of("http://gateway.invalid", "s3://bucket"));

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.Contains("gateway.invalid cannot be reached: the host name does not resolve", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Service_of_Kubernetes_is_reached_by_a_forwarded_port()
    {
        var problem = await ListProblemAsync(StoreSettings.Of("http://minio.storage.svc:9001", "s3://bucket"));

        Assert.Equal(ProblemCode.Unreachable, problem.Code);
        Assert.Contains("kubectl port-forward -n storage service/minio 9000:9001, then the same command with --endpoint http://localhost:9000", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_authority_is_trusted_only_when_it_is_given()
    {
        var settings = await SettingsAsync();
        await using var tls = TlsFront.Start(settings.Endpoint!.ToString().TrimEnd('/'));
        using var folder = new TemporaryFolder("ca");
        var (right, wrong, broken) = (Path.Combine(folder.Path, "right.pem"), Path.Combine(folder.Path, "wrong.pem"), Path.Combine(folder.Path, "broken.pem"));
        await using (var other = TlsFront.Start(settings.Endpoint.ToString().TrimEnd('/')))
        {
            await File.WriteAllBytesAsync(wrong, System.Text.Encoding.ASCII.GetBytes(other.AuthorityPem), Ct);
        }

        await File.WriteAllBytesAsync(right, System.Text.Encoding.ASCII.GetBytes(tls.AuthorityPem), Ct);
        await File.WriteAllBytesAsync(broken, "no certificate"u8.ToArray(), Ct);
        var secure = settings with { Endpoint = new Uri(tls.Endpoint) };

        var untrusted = await ListProblemAsync(secure);
        Assert.Equal(ProblemCode.Unreachable, untrusted.Code);
        Assert.Equal($"the certificate of {tls.Endpoint} is not trusted", untrusted.Message);
        Assert.Contains("--endpoint-ca", untrusted.Hint, StringComparison.Ordinal);
        Assert.Equal(untrusted.Message, (await ListProblemAsync(secure with { CertificateAuthorities = wrong })).Message);
        Assert.Equal(ProblemCode.Usage, (await ListProblemAsync(secure with { CertificateAuthorities = broken })).Code);
        Assert.Equal(ProblemCode.Usage, (await ListProblemAsync(secure with { CertificateAuthorities = Path.Combine(folder.Path, "missing.pem") })).Code);

        using var store = new S3ObjectStore(secure with { CertificateAuthorities = right }, TimeProvider.System);
        await store.PutAsync(Folder.Key("a"), "a"u8.ToArray(), Ct);
        Assert.Equal(1, (await store.FindAsync(Folder.Key("a"), Ct))!.Size);
    }

    private static S3Credentials Credentials(string key, string secret) => new(key, new Secret(secret), sessionToken: null);

    private static async Task<Problem> ListProblemAsync(S3Settings settings) => (await Assert.ThrowsAsync<RestoreException>(async () =>
    {
        using var store = new S3ObjectStore(settings, TimeProvider.System);
        await store.ListLevelAsync(Folder, Ct);
    })).Problem;

    private async Task<S3Settings> SettingsAsync()
    {
        var s3 = await bed.S3Async(Ct);
        return StoreSettings.Of(s3.Endpoint, $"s3://{await s3.CreateBucketAsync(Ct)}");
    }
}
