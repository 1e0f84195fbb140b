using CnpgRestore.Diagnosis.Collection;
using CnpgRestore.Manifests;

namespace CnpgRestore.Tests.Diagnosis;

/// <summary>A server name of another Cluster says something only where it may be in the same bucket.</summary>
public sealed class OtherFolderTests
{
    private static readonly BackupFolder Archive = In("s3://backups/", "http://minio.shop:9000");

    [Theory]
    [InlineData("s3://backups", "http://minio.shop:9000", true)]
    [InlineData("s3://backups", "http://minio:9000", false)]
    [InlineData("s3://others", "http://minio.shop:9000", false)]
    public void The_same_name_in_another_bucket_is_another_folder(string path, string endpoint, bool expected) =>
        Assert.Equal(expected, new OtherFolder("web", In(path, endpoint)).MayBe("orders", Archive, "shop"));

    [Fact]
    public void An_ObjectStore_that_is_not_known_may_be_any_bucket() => Assert.True(new OtherFolder("web", new BackupFolder("orders", true, null, "store")).MayBe("orders", Archive, "shop"));

    [Fact]
    public void Another_name_is_another_folder() => Assert.False(new OtherFolder("web", Archive).MayBe("users", Archive, "web"));

    private static BackupFolder In(string path, string endpoint) => new("orders", true, new BarmanStore(path, endpoint, null, null, null, null, null, false), null);
}
