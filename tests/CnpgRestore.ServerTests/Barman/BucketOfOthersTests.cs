using CnpgRestore.Barman;
using CnpgRestore.ObjectStore.S3;
using CnpgRestore.ServerTests.ObjectStore;
using CnpgRestore.TestServers;

namespace CnpgRestore.ServerTests.Barman;

/// <summary>Server folders are found beside what others keep in the same bucket, or on the same share.</summary>
public sealed class BucketOfOthersTests(TestBed bed)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_foreign_folder_is_not_read_and_a_closed_one_does_not_refuse_the_rest()
    {
        var s3 = await bed.S3Async(Ct);
        var bucket = await s3.CreateBucketAsync(Ct);
        foreach (var key in new[] { "closed/secret", "foreign/a", "orders/wals/00000002.history" })
        {
            await s3.Client.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = bucket, Key = key, ContentBody = "x" }, Ct);
        }

        await using var proxy = await S3FaultProxy.StartAsync(s3.Endpoint, Ct);
        proxy.On(call => call.Operation == S3Operation.ListObjects && call.Key.StartsWith("closed/", StringComparison.Ordinal), Times.Always, S3Faults.Answer(403, "AccessDenied"));
        using var store = new S3ObjectStore(StoreSettings.Of(proxy.Endpoint, $"s3://{bucket}"), TimeProvider.System);

        Assert.Equal(["closed", "orders"], (await ServerFolders.ListAsync(store, Ct)).Select(folder => folder.Name));
        Assert.Equal("orders", (await ServerFolders.ChooseAsync(store, name: null, Ct)).Name);
        Assert.Equal(ProblemCode.AccessDenied, (await Assert.ThrowsAsync<RestoreException>(() => ServerFolders.ChooseAsync(store, "closed", Ct))).Problem.Code);
        Assert.DoesNotContain(proxy.Calls, call => call.Operation == S3Operation.ListObjects && call.Key == "foreign/");
    }

    [Fact]
    public async Task Where_nothing_may_be_looked_into_access_is_denied()
    {
        var s3 = await bed.S3Async(Ct);
        var bucket = await s3.CreateBucketAsync(Ct);
        await s3.Client.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = bucket, Key = "orders/wals/00000002.history", ContentBody = "x" }, Ct);
        await using var proxy = await S3FaultProxy.StartAsync(s3.Endpoint, Ct);
        proxy.On(call => call.Operation == S3Operation.ListObjects && call.Key.StartsWith("orders/", StringComparison.Ordinal), Times.Always, S3Faults.Answer(403, "AccessDenied"));
        using var store = new S3ObjectStore(StoreSettings.Of(proxy.Endpoint, $"s3://{bucket}"), TimeProvider.System);

        Assert.Equal(ProblemCode.AccessDenied, (await Assert.ThrowsAsync<RestoreException>(() => ServerFolders.ChooseAsync(store, name: null, Ct))).Problem.Code);
    }

    [Fact]
    public async Task A_folder_of_a_mirror_that_this_user_may_not_enter_does_not_refuse_the_rest()
    {
        using var mirror = new TemporaryFolder("mirror");
        var wals = Directory.CreateDirectory(Path.Combine(mirror.Path, "orders", "wals"));
        await File.WriteAllBytesAsync(Path.Combine(wals.FullName, "00000002.history"), "1\t0/5000000\tx\n"u8.ToArray(), Ct);
        await PostgresUser.OwnAsync(mirror.Path, Ct);
        var closed = Directory.CreateDirectory(Path.Combine(mirror.Path, "closed")).FullName;
        File.SetUnixFileMode(closed, UnixFileMode.None);
        try
        {
            var result = await ToolProcess.RunAsync(PostgresUser.Command(NativeProgram.Path, "backups", "list", "-b", $"file://{mirror.Path}"), Ct);

            Assert.True(result.ExitCode == 10 && result.Error.Contains("orders/base/", StringComparison.Ordinal), $"{result.ExitCode}\n{result.Error}");
        }
        finally
        {
            File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
