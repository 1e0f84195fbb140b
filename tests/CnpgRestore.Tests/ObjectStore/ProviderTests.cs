using CnpgRestore.ObjectStore.S3;

namespace CnpgRestore.Tests.ObjectStore;

public sealed class ProviderTests
{
    [Theory]
    [InlineData("https://gateway.storjshare.io", "storj")]
    [InlineData("https://gateway.eu1.storjshare.io", "storj")]
    [InlineData("https://s3.eu-central-1.amazonaws.com", "aws")]
    [InlineData("https://s3.cn-north-1.amazonaws.com.cn", "aws")]
    [InlineData("https://storage.googleapis.com", "gcs")]
    [InlineData("https://0123.r2.cloudflarestorage.com", "r2")]
    [InlineData("https://s3.us-west-004.backblazeb2.com", "b2")]
    [InlineData("http://127.0.0.1:7480", "generic")]
    [InlineData("https://storjshare.io.example.com", "generic")]
    public void A_provider_is_known_by_the_end_of_its_host_name(string endpoint, string name) => Assert.Equal(name, Provider.Of(new Uri(endpoint)).Name);

    [Fact]
    public void No_endpoint_is_AWS() => Assert.Equal(Provider.Aws, Provider.Of(null));

    [Fact]
    public void Storj_copies_whole_whatever_the_size()
    {
        Assert.False(Provider.Storj.PartCopy);
        Assert.True(Provider.Storj.CopyKeepsETag);
        Assert.True(Provider.Storj.SingleCopyLimit > 500_000_000_000);
    }
}
