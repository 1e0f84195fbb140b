using CnpgRestore.Manifests;

namespace CnpgRestore.Tests.Manifests;

public sealed class StoreEndpointTests
{
    [Theory]
    [InlineData("http://minio.storage:9000", "http://minio.storage.svc:9000")]
    [InlineData("http://minio.storage:9000", "http://minio.storage.svc.cluster.local:9000/")]
    [InlineData("http://minio.storage:9000", "http://MinIO.storage.svc.cluster.local.:9000")]
    [InlineData("http://minio:9000", "http://minio.shop:9000")]
    [InlineData("https://gateway.storjshare.io", "https://gateway.storjshare.io:443/")]
    [InlineData(null, "https://s3.amazonaws.com")]
    [InlineData(null, "https://s3.eu-central-1.amazonaws.com")]
    [InlineData("http://10.0.0.1:9000", "http://10.0.0.1:9000/")]
    public void Spellings_of_one_server_are_equal(string? one, string? other) => Assert.Equal(StoreEndpoint.Of(one, "shop"), StoreEndpoint.Of(other, "shop"));

    [Theory]
    [InlineData("http://minio.storage:9000", "http://minio.shop:9000")]
    [InlineData("http://minio.storage:9000", "http://minio.storage:9001")]
    [InlineData("http://minio.storage.svc:9000", "https://minio.example.org")]
    [InlineData("https://gateway.storjshare.io", "https://gateway.eu1.storjshare.io")]
    [InlineData("https://gateway.example.org/one", "https://gateway.example.org/two")]
    [InlineData(null, "http://minio.storage:9000")]
    [InlineData("http://10.0.0.1:9000", "http://10.0.0.2:9000")]
    public void Other_servers_are_not(string? one, string? other) => Assert.NotEqual(StoreEndpoint.Of(one, "shop"), StoreEndpoint.Of(other, "shop"));

    [Fact]
    public void A_short_name_is_another_server_in_another_namespace() =>
        Assert.NotEqual(StoreEndpoint.Of("http://minio:9000", "shop"), StoreEndpoint.Of("http://minio:9000", "test"));
}
